import { useEffect, useState } from 'react';
import type { AppState, JetonBridge } from '../shared/ipc/bridge.ts';

export function App({ jeton }: { readonly jeton: JetonBridge }) {
  const [state, setState] = useState<AppState>();
  useEffect(() => {
    const unsubscribe = jeton.onStateChanged(setState);
    void jeton.getState().then((result) => result.ok && setState(result.value));
    return unsubscribe;
  }, [jeton]);
  return <h1>{state?.sentence}</h1>;
}
