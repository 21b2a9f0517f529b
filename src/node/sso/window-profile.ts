/** What the application's sign-in window keeps: Chromium's files of a session of their own. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isProfileOpen } from './profile-browser.ts';

/** Of https://www.electronjs.org/docs/latest/api/session: `persist:` and this is the session's partition. */
export const WINDOW_PARTITION = 'oneflex';

/** Where the application has Electron put its `sessionData`. */
export function sessionFolderOf(home: string): string {
  return join(home, 'window');
}

export function windowProfileOf(home: string): string {
  return join(sessionFolderOf(home), 'Partitions', WINDOW_PARTITION);
}

/**
 * Takes it away for somebody who is not the application. `in-use`: that runs, holds it, and clears it itself as soon as
 * it sees that the account is gone.
 */
export function removeWindowProfile(home: string): 'removed' | 'none' | 'in-use' {
  const profile = windowProfileOf(home);
  if (!existsSync(profile)) return 'none';
  // Of one instance alone: app.requestSingleInstanceLock leaves its mark in the home, Electron's `userData`.
  if (isProfileOpen(home)) return 'in-use';
  rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  return 'removed';
}
