import { Moment } from '../../components/moment.tsx';
import { useWindow } from '../../window-context.ts';
import type { Tone } from '../../components/notice.tsx';
import { STANDING_OF } from '../../standing.ts';
import type { Row } from './arrange.ts';

const HOUR_MS = 3_600_000;
/** How long access tokens live where nobody says: Slack's twelve hours, OneFlex's quarter of one. */
const USUAL_LIFE_MS = { slack: 12 * HOUR_MS, oneflex: HOUR_MS / 4 } as const;
const LOW = 0.25;

/** What remains of the token's life, as a line and in words. */
export function Life({ view }: { readonly view: Row['view'] }) {
  const { t, times, now } = useWindow();
  const { expiresAt, lastRenewedAt, state } = view;
  const left = expiresAt === undefined ? undefined : lifeLeft(view, expiresAt, now);
  const isAlive = left !== undefined && left > 0;
  const percent = Math.round((left ?? 0) * 100);
  const tone = toneOf(state.kind, left);
  const value =
    expiresAt === undefined
      ? t('row.life.unknown')
      : isAlive
        ? t('row.life.value', { percent, time: times.absolute(expiresAt) })
        : t('row.life.none');
  return (
    <div className="life">
      <div
        className={`life-bar tone-${tone}`}
        role="meter"
        aria-label={t('row.life')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={value}
      >
        <div className="life-left" style={{ inlineSize: `${percent}%` }} />
      </div>
      <p className="life-words">
        {state.kind === 'retrying' && state.until > now ? (
          <Moment at={state.until}>{t('row.retry', { when: times.relative(state.until) })}</Moment>
        ) : lastRenewedAt === undefined ? (
          <span>{t('row.never-renewed')}</span>
        ) : (
          <Moment at={lastRenewedAt}>{t('row.renewed', { when: times.relative(lastRenewedAt) })}</Moment>
        )}
        {expiresAt !== undefined && (
          <>
            <span className="life-separator"> · </span>
            <Moment at={expiresAt}>
              {isAlive
                ? t('row.until', { time: times.absolute(expiresAt) })
                : t('row.expired', { when: times.relative(expiresAt) })}
            </Moment>
          </>
        )}
      </p>
    </div>
  );
}

/** The line says what the chip says; of what goes on by itself, how long it still lasts. */
function toneOf(kind: Row['view']['state']['kind'], left: number | undefined): Tone {
  switch (STANDING_OF[kind]) {
    case 'needs-you':
      return 'problem';
    case 'failing':
      return 'warning';
    case 'paused':
      return 'plain';
    case 'fresh':
      return left === undefined ? 'plain' : left < LOW ? 'warning' : 'good';
  }
}

/** From 0 (expired) to 1. */
function lifeLeft({ kind, lastRenewedAt }: Row['view'], expiresAt: number, now: number): number {
  const total =
    lastRenewedAt !== undefined && lastRenewedAt < expiresAt
      ? expiresAt - lastRenewedAt
      : USUAL_LIFE_MS[kind];
  return Math.min(1, Math.max(0, (expiresAt - now) / total));
}
