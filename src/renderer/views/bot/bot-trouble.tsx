import type { AppState } from '../../../shared/ipc/bridge.ts';
import { Button } from '../../components/button.tsx';
import { CallButton } from '../../components/call-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Moment } from '../../components/moment.tsx';
import { useWindow } from '../../window-context.ts';

interface BotTroubleProps {
  readonly bot: AppState['bots'][number] | undefined;
  /** A restart that is owed. */
  readonly pending: AppState['snapshot']['targets'][number]['pending'];
  readonly isBusy: boolean;
  readonly onEdit: () => unknown;
  readonly onRetry: () => unknown;
  readonly onForce: () => unknown;
  readonly onAcceptLoss: () => unknown;
}

/** Nearer than this, a clock of minutes says nothing of use. */
const SOON_MS = 60_000;

/** What keeps a bot from its tokens or from its restart, and the ways out. */
export function BotTrouble({
  bot,
  pending,
  isBusy,
  onEdit,
  onRetry,
  onForce,
  onAcceptLoss,
}: BotTroubleProps) {
  const { jeton, t, times, now } = useWindow();
  const failure = bot?.failure ?? null;
  if (failure === null && pending === undefined) return null;
  const isWithoutDocker = failure?.code === 'docker-missing';
  const heldUntil =
    pending?.heldUntil !== undefined && pending.heldUntil > now ? pending.heldUntil : undefined;
  const retryAt = pending?.retryAt;
  const next =
    heldUntil !== undefined
      ? t('bot.pending.held', { time: times.absolute(heldUntil) })
      : retryAt === undefined
        ? undefined
        : retryAt - now < SOON_MS
          ? t('bot.pending.retry-soon')
          : t('bot.pending.retry', { when: times.relative(retryAt) });
  const owed = pending && t('bot.pending', { time: times.absolute(pending.since) });
  const title = isWithoutDocker ? t('docker-missing.title') : (owed ?? t('bot.outcome.failed'));
  return (
    <section
      className={`standing tone-${bot?.health === 'failing' ? 'problem' : 'warning'}`}
      aria-label={title}
    >
      <Icon name={isWithoutDocker ? 'box' : pending === undefined ? 'triangle' : 'hourglass'} />
      <div className="standing-body">
        <h3>
          <strong>{title}</strong>
        </h3>
        {failure !== null && (
          <>
            <p>{failure.message}</p>
            <p className="quiet">{[failure.remedy, next].filter(Boolean).join(' ')}</p>
          </>
        )}
        {pending !== undefined && isWithoutDocker && (
          <p className="quiet">
            <Moment at={pending.since}>{owed ?? ''}</Moment>
          </p>
        )}
        {failure === null && next !== undefined && <p className="quiet">{next}</p>}
        <div className="actions">
          {heldUntil === undefined ? (
            <Button onPress={onRetry} isPending={isBusy}>
              {t('action.retry')}
            </Button>
          ) : (
            <Button onPress={onForce} isPending={isBusy}>
              {t('bot.restart-anyway')}
            </Button>
          )}
          {failure?.code === 'env-file-cut' && (
            <Button onPress={onAcceptLoss} isPending={isBusy}>
              {t('bot.export-anyway')}
            </Button>
          )}
          {isWithoutDocker && (
            <>
              <CallButton call={() => jeton.openLink({ link: 'get-docker' })}>
                {t('action.get-docker')}
              </CallButton>
              <Button onPress={onEdit}>{t('action.edit')}</Button>
            </>
          )}
        </div>
      </div>
    </section>
  );
}
