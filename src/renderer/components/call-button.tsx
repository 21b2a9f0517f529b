import type { ReactNode } from 'react';
import type { Result } from '../../shared/ipc/bridge.ts';
import { useCall } from '../hooks/use-call.ts';
import { Button } from './button.tsx';
import type { IconName } from './icon.tsx';
import { Problem } from './notice.tsx';

/** A button for a call of whose success there is nothing to say. Why it was refused stands beside it. */
export function CallButton({
  call,
  children,
  icon,
}: {
  readonly call: () => Promise<Result<unknown>>;
  readonly children: ReactNode;
  readonly icon?: IconName;
}) {
  const { state, isPending, run, dismiss } = useCall(call);
  return (
    <>
      <Button onPress={() => run()} isPending={isPending} {...(icon !== undefined && { icon })}>
        {children}
      </Button>
      {state.kind === 'failed' && <Problem explanation={state.error} onDismiss={dismiss} />}
    </>
  );
}
