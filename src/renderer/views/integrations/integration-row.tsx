import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Moment } from '../../components/moment.tsx';
import { useWindow } from '../../window-context.ts';
import type { Row } from './arrange.ts';
import { Life } from './life.tsx';
import { StateChip } from './state-chip.tsx';

interface IntegrationRowProps {
  readonly row: Row;
  readonly isUnfolded: boolean;
  /** What it leads to is open below, with a button of its own that goes on. */
  readonly isBegun: boolean;
  readonly isPending: boolean;
  readonly detailsId: string;
  readonly onToggle: () => void;
  readonly onAct: () => void;
}

/** Whose it is, how it is, and the one thing to do. */
export function IntegrationRow({
  row: { view, action },
  isUnfolded,
  isBegun,
  isPending,
  detailsId,
  onToggle,
  onAct,
}: IntegrationRowProps) {
  const { t } = useWindow();
  // The button stays while its work goes on, whoever began it: it may have the focus.
  const isRenewing = view.state.kind === 'renewing';
  const shown = isRenewing ? 'renew' : action;
  const isQuiet = isBegun || shown === 'renew' || shown === 'resume';
  return (
    // The button in it does the same for the keyboard; the row around it is only a larger place to click.
    <div className="row" onClick={(event) => isOnPlainPart(event.target) && onToggle()}>
      <button
        type="button"
        className="row-name"
        aria-expanded={isUnfolded}
        aria-controls={isUnfolded ? detailsId : undefined}
        onClick={onToggle}
      >
        <span className="row-chevron">
          <Icon name="chevron" />
        </span>
        <span className={`mark mark-${view.kind}`}>
          <Icon name={view.kind === 'slack' ? 'hash' : 'desk'} />
        </span>
        <span className="row-title">
          <span className="row-title-name" title={view.name}>
            {view.name}
          </span>
          <span className="row-title-source">
            {t(`kind.${view.kind}`)} · <Whereabouts view={view} />
          </span>
        </span>
      </button>
      <span className="row-state">
        <StateChip kind={view.state.kind} />
      </span>
      <Life view={view} />
      <span className="row-action">
        {shown !== 'none' && (
          <Button
            look={isQuiet ? 'plain' : 'primary'}
            onPress={onAct}
            isPending={isPending || isRenewing}
            label={t('do.for', { action: t(`do.${shown}`), name: view.name })}
          >
            {t(`do.${shown}`)}
          </Button>
        )}
      </span>
    </div>
  );
}

/** Where it is kept or, of what ends by itself, when the person is needed next. */
function Whereabouts({ view: { source, sessionEndsAt, state } }: Pick<Row, 'view'>) {
  const { t, times } = useWindow();
  if (sessionEndsAt === undefined || state.kind === 'needs-sign-in') return t(`source.${source}`);
  return (
    <Moment at={sessionEndsAt}>{t('row.session-until', { time: times.absolute(sessionEndsAt) })}</Moment>
  );
}

function isOnPlainPart(target: EventTarget): boolean {
  return target instanceof Element && target.closest('button') === null;
}
