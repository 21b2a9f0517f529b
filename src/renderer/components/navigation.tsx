import { useWindow, VIEWS, type View } from '../window-context.ts';
import { Coin } from './coin.tsx';
import { Icon, type IconName } from './icon.tsx';
import { countNeedingYou, OVERALL_LOOK } from './overall.ts';

const ICONS: Readonly<Record<View, IconName>> = {
  integrations: 'key',
  activity: 'pulse',
  bot: 'bot',
  settings: 'sliders',
  about: 'info',
};

export function Navigation() {
  const { state, t, way, turnTo } = useWindow();
  const needed = countNeedingYou(state);
  const overall = OVERALL_LOOK[state.overall];
  return (
    <nav className="side" aria-label={t('nav.label')}>
      <p className="side-name">
        <Coin />
        Jeton
      </p>
      <ul className="side-links">
        {VIEWS.map((view) => (
          <li key={view}>
            <a
              className="side-link"
              href={`#${view}`}
              aria-current={view === way.view ? 'page' : undefined}
              onClick={(event) => {
                event.preventDefault();
                turnTo(view);
              }}
            >
              <Icon name={ICONS[view]} />
              {t(`nav.${view}`)}
              <Badge
                count={view === 'integrations' ? needed.integrations : view === 'bot' ? needed.bots : 0}
              />
            </a>
          </li>
        ))}
      </ul>
      {state.snapshot.headline.kind !== 'empty' && (
        <p className={`side-state tone-${overall.tone}`}>
          <Icon name={overall.icon} />
          {t(`overall.${state.overall}`)}
        </p>
      )}
    </nav>
  );
}

/** The sentence on top says the same, in words. */
function Badge({ count }: { readonly count: number }) {
  return count === 0 ? null : (
    <span className="badge numbers" aria-hidden="true">
      {count > 99 ? '99+' : count}
    </span>
  );
}
