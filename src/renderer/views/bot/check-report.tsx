import type { Reply } from '../../../shared/ipc/bridge.ts';
import { Button } from '../../components/button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Notice } from '../../components/notice.tsx';
import { Report } from '../../components/report.tsx';
import { useWindow } from '../../window-context.ts';

/** What a look at a bot's file and container found; asks first whether a machine is the right one. */
export function CheckReport({
  report: { facts, hostKey },
  isPending,
  onAccept,
  onClose,
}: {
  readonly report: Reply<'checkTarget'>;
  readonly isPending: boolean;
  readonly onAccept: (fingerprint: string) => unknown;
  readonly onClose: () => void;
}) {
  const { t } = useWindow();
  return (
    <Report label={t('bot.check-report')} onClose={onClose}>
      <h3>
        <strong>{t('bot.check-report')}</strong>
      </h3>
      {hostKey !== null && (
        <Notice tone="warning" icon="question">
          <p>
            <strong>{t('bot.host-key.title')}</strong>
          </p>
          <p>{t('bot.host-key.text', { host: hostKey.host })}</p>
          <p>
            <code>{hostKey.fingerprint}</code>
          </p>
          <div className="actions">
            <Button isPending={isPending} onPress={() => onAccept(hostKey.fingerprint)}>
              {t('bot.host-key.accept')}
            </Button>
          </div>
        </Notice>
      )}
      {facts.length > 0 && <Facts facts={facts} label={t('bot.check-report')} />}
    </Report>
  );
}
