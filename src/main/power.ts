/** When the machine comes back, and whether anybody is in front of it. */
import { net, powerMonitor } from 'electron';
import { NetworkWatch } from './network-watch.ts';
import { ScreenLock } from './screen-lock.ts';

export class Power {
  readonly #lock: ScreenLock;
  readonly #network: NetworkWatch;
  readonly #release: () => void;

  /** `onBack`: woke up, was unlocked, or is on a network again. After the application is ready. */
  constructor(onBack: () => void) {
    this.#lock = new ScreenLock(() => powerMonitor.getSystemIdleState(1) === 'locked', onBack);
    const unlock = (): void => this.#lock.unlocked();
    // On macOS and Windows: https://www.electronjs.org/docs/latest/api/power-monitor.
    powerMonitor.on('unlock-screen', unlock);
    powerMonitor.on('resume', onBack);
    this.#network = new NetworkWatch(() => net.isOnline(), onBack);
    this.#release = () => {
      powerMonitor.off('unlock-screen', unlock);
      powerMonitor.off('resume', onBack);
    };
  }

  isScreenLocked(): boolean {
    return this.#lock.isLocked();
  }

  /** At once where it is not locked. */
  whenUnlocked(): Promise<void> {
    return this.#lock.whenUnlocked();
  }

  dispose(): void {
    this.#lock.dispose();
    this.#network.dispose();
    this.#release();
  }
}
