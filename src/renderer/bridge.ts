import type { JetonBridge } from '../shared/ipc/bridge.ts';

declare global {
  interface Window {
    /** Put there by the preload script. */
    readonly jeton: JetonBridge;
  }
}

export function bridge(): JetonBridge {
  return window.jeton;
}
