import { useCallback, useRef, useState } from 'react';
import type { Result } from '../../shared/ipc/bridge.ts';
import type { Explanation } from '../../shared/messages/words.ts';

/** Where a call to the main process stands. A failure stays until the next try or until it is dismissed. */
export type CallState<T> =
  | { readonly kind: 'idle' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: Explanation };

export interface Caller<A extends readonly unknown[], T> {
  readonly state: CallState<T>;
  readonly isPending: boolean;
  /** What the last success brought, also while it is asked for again; until it is dismissed. */
  readonly last: T | undefined;
  /** Does nothing and answers `undefined` while an earlier one is under way. */
  readonly run: (...args: A) => Promise<Result<T> | undefined>;
  readonly dismiss: () => void;
}

const IDLE = { kind: 'idle' } as const;

export function useCall<A extends readonly unknown[], T>(
  call: (...args: A) => Promise<Result<T>>,
): Caller<A, T> {
  const [state, setState] = useState<CallState<T>>(IDLE);
  const [last, setLast] = useState<T>();
  const isRunning = useRef(false);
  const run = useCallback(
    async (...args: A) => {
      if (isRunning.current) return undefined;
      isRunning.current = true;
      setState({ kind: 'pending' });
      const result = await call(...args);
      isRunning.current = false;
      if (result.ok) setLast(result.value);
      setState(result.ok ? { kind: 'done', value: result.value } : { kind: 'failed', error: result.error });
      return result;
    },
    [call],
  );
  const dismiss = useCallback(() => {
    setState(IDLE);
    setLast(undefined);
  }, []);
  return { state, isPending: state.kind === 'pending', last, run, dismiss };
}
