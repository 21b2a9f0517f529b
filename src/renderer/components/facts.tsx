import type { Reply } from '../../shared/ipc/bridge.ts';
import { useWindow } from '../window-context.ts';
import { Icon } from './icon.tsx';
import { ICON_OF_TONE } from './notice.tsx';

export type Fact = Reply<'examine'>['facts'][number];

/** A report, line by line: how it is, by shape, colour and word, and what to do where something is wrong. */
export function Facts({ facts, label }: { readonly facts: readonly Fact[]; readonly label: string }) {
  const { t } = useWindow();
  return (
    <ul className="facts" aria-label={label}>
      {facts.map(({ label, text, tone, remedy }, index) => (
        // Lines of a report have no identity but their place.
        <li key={index} className={`fact tone-${tone}`}>
          <span className="toned">
            <Icon name={ICON_OF_TONE[tone]} />
            {tone !== 'plain' && <span className="visually-hidden">{t(`fact.${tone}`)}</span>}
          </span>
          {/* Lines of one thing name it once. */}
          <strong className={facts[index - 1]?.label === label ? 'visually-hidden' : undefined}>
            {label}
          </strong>
          <span className="fact-text">{text}</span>
          {remedy !== null && <span className="fact-remedy">{remedy}</span>}
        </li>
      ))}
    </ul>
  );
}
