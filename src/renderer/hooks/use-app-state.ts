import { useCallback, useEffect, useState } from 'react';
import type { AppState, JetonBridge, Result } from '../../shared/ipc/bridge.ts';

/** The picture of everything as the main process tells it; `undefined` until it has. */
export function useAppState(jeton: JetonBridge): {
  readonly result: Result<AppState> | undefined;
  readonly ask: () => Promise<void>;
} {
  const [result, setResult] = useState<Result<AppState>>();
  const ask = useCallback(async () => setResult(await jeton.getState()), [jeton]);
  useEffect(() => {
    let wasTold = false;
    const unsubscribe = jeton.onStateChanged((value) => {
      wasTold = true;
      setResult({ ok: true, value });
    });
    // What was told while the answer was on its way is newer than the answer.
    void jeton.getState().then((answer) => wasTold || setResult(answer));
    return unsubscribe;
  }, [jeton]);
  return { result, ask };
}
