import { useCallback, useRef, useState } from 'react';
import type { Result } from '../../../shared/ipc/bridge.ts';
import type { CallState } from '../../hooks/use-call.ts';
import type { Said } from './row-actions.ts';

/** What a row's action came to: words for it, or why it did not work. */
export type RowCall = CallState<Said>;

export interface RowCalls {
  readonly of: (id: string) => RowCall;
  readonly isIdle: (id: string) => boolean;
  /** Nothing while the row's last one is under way. */
  readonly run: (id: string, call: () => Promise<Result<Said>>) => Promise<void>;
  readonly dismiss: (id: string) => void;
}

const IDLE = { kind: 'idle' } as const;

/** Kept for the whole list: a row that is scrolled out of sight forgets nothing. */
export function useRowCalls(): RowCalls {
  const [calls, setCalls] = useState<ReadonlyMap<string, RowCall>>(new Map());
  const running = useRef(new Set<string>());
  const put = useCallback((id: string, call: RowCall) => setCalls((all) => new Map(all).set(id, call)), []);
  const run = useCallback<RowCalls['run']>(
    async (id, call) => {
      if (running.current.has(id)) return;
      running.current.add(id);
      put(id, { kind: 'pending' });
      const result = await call();
      running.current.delete(id);
      put(id, result.ok ? { kind: 'done', value: result.value } : { kind: 'failed', error: result.error });
    },
    [put],
  );
  return {
    of: (id) => calls.get(id) ?? IDLE,
    isIdle: (id) => (calls.get(id) ?? IDLE).kind === 'idle',
    run,
    dismiss: (id) => put(id, IDLE),
  };
}
