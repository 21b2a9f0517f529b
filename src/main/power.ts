/** When the machine comes back, and whether anybody is in front of it. */
import { net, powerMonitor } from 'electron';
import { NetworkWatch } from './network-watch.ts';

export class Power {
  #isLocked: boolean;
  readonly #network: NetworkWatch;
  readonly #release: () => void;

  /** `onBack`: woke up, was unlocked, or is on a network again. After the application is ready. */
  constructor(onBack: () => void) {
    this.#isLocked = powerMonitor.getSystemIdleState(1) === 'locked';
    const lock = (): void => void (this.#isLocked = true);
    const unlock = (): void => {
      this.#isLocked = false;
      onBack();
    };
    // Not on every system: https://www.electronjs.org/docs/latest/api/power-monitor.
    powerMonitor.on('lock-screen', lock);
    powerMonitor.on('unlock-screen', unlock);
    powerMonitor.on('resume', onBack);
    this.#network = new NetworkWatch(() => net.isOnline(), onBack);
    this.#release = () => {
      powerMonitor.off('lock-screen', lock);
      powerMonitor.off('unlock-screen', unlock);
      powerMonitor.off('resume', onBack);
    };
  }

  isScreenLocked(): boolean {
    return this.#isLocked;
  }

  dispose(): void {
    this.#network.dispose();
    this.#release();
  }
}
