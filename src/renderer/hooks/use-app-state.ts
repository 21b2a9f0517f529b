import { useCallback, useEffect, useRef, useState } from 'react';
import type { AppState, JetonBridge, Result } from '../../shared/ipc/bridge.ts';
import { stateAfter } from '../../shared/ipc/state-change.ts';

/** The picture of everything as the main process tells it; `undefined` until it has. */
export function useAppState(jeton: JetonBridge): {
  readonly result: Result<AppState> | undefined;
  readonly ask: () => Promise<void>;
} {
  const [result, setResult] = useState<Result<AppState>>();
  const latest = useRef<AppState>(undefined);
  const show = useCallback((state: AppState) => {
    latest.current = state;
    setResult({ ok: true, value: state });
  }, []);
  const ask = useCallback(async () => {
    const answer = await jeton.getState();
    if (!answer.ok) setResult(answer);
    // What was told while the answer was on its way is newer than the answer.
    else if (answer.value.edition >= (latest.current?.edition ?? 0)) show(answer.value);
  }, [jeton, show]);
  useEffect(() => {
    const unsubscribe = jeton.onStateChanged((change) => {
      const next = latest.current && stateAfter(latest.current, change);
      if (next === undefined) void ask();
      else show(next);
    });
    void ask();
    return unsubscribe;
  }, [jeton, ask, show]);
  return { result, ask };
}
