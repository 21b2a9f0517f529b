import type { App } from 'electron';

export interface SchemeRequest {
  readonly platform: NodeJS.Platform;
  readonly app: Pick<App, 'isPackaged' | 'setAsDefaultProtocolClient'>;
}

/**
 * jeton: opens the window. macOS and Linux read that in the package; on Windows Electron writes it into the person's
 * part of the registry, and the uninstaller takes it away (assets/windows/uninstaller.nsh).
 */
export function claimScheme({ platform, app }: SchemeRequest): void {
  if (platform === 'win32' && app.isPackaged) app.setAsDefaultProtocolClient('jeton');
}
