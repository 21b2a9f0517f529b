import type { AppState } from '../../../shared/ipc/bridge.ts';
import { Button } from '../../components/button.tsx';
import { useWindow } from '../../window-context.ts';

/** How far it has come. That it began is announced, and what came of it; not each step between. */
export function Renewing({ renewing }: { readonly renewing: AppState['renewing'] }) {
  const { t } = useWindow();
  return (
    <>
      <span className="visually-hidden" role="status">
        {renewing !== null && t('list.renewing.begun')}
      </span>
      {renewing !== null && (
        <span
          className="renewing quiet numbers"
          role="progressbar"
          aria-label={t('list.renewing.label')}
          aria-valuemin={0}
          aria-valuemax={renewing.total}
          aria-valuenow={renewing.done}
          aria-valuetext={t('list.count-of', { shown: renewing.done, total: renewing.total })}
        >
          {t('list.renewing', { done: renewing.done, total: renewing.total })}
        </span>
      )}
    </>
  );
}

interface RenewButtonProps {
  readonly renewing: AppState['renewing'];
  readonly isPending: boolean;
  readonly onRenew: () => unknown;
  readonly onStop: () => unknown;
}

/** One and the same button, which keeps its focus; where it is not known yet how much there is, it waits. */
export function RenewButton({ renewing, isPending, onRenew, onStop }: RenewButtonProps) {
  const { t } = useWindow();
  const isStopping = renewing?.isStopping === true;
  const words = renewing === null ? 'list.renew-now' : isStopping ? 'list.stopping' : 'list.stop';
  return (
    <Button
      icon={renewing === null ? 'renew' : 'cross'}
      isPending={isStopping || (isPending && renewing === null)}
      onPress={renewing === null ? onRenew : onStop}
    >
      {t(words)}
    </Button>
  );
}
