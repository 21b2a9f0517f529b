import { JetonError } from '../core/errors.ts';
import type { SessionCookie, SessionFile } from '../core/ports.ts';
import type { EnvTargetPorts } from './env-target.ts';
import { lockFile } from './file-lock.ts';
import { locateFile, readImage, replaceFile, sweepOrphans } from './replace-file.ts';

const MOST_ATTEMPTS = 5;

/** `session.json` on this machine: readable for its owner only, replaced as a whole. */
export function createSessionFile({ path, timer }: EnvTargetPorts): SessionFile {
  return {
    async write(cookies, takenAt) {
      const real = locateFile(path);
      const content = Buffer.from(renderSession(cookies, takenAt));
      const unlock = await lockFile(real, timer);
      try {
        sweepOrphans(real);
        for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
          const before = readImage(real);
          if ((await replaceFile(real, { content, before, mode: 0o600 })) !== 'changed') return;
        }
        throw new JetonError('env-file-busy', { path: real });
      } finally {
        unlock();
      }
    },
  };
}

/** The text of `session.json`, secrets included. All its times are in seconds. */
export function renderSession(cookies: readonly SessionCookie[], takenAt: number): string {
  const session = {
    cookies: cookies.map(({ name, value, domain, path, secure, httpOnly, expiresAt }) => ({
      name,
      value: value.reveal(),
      domain,
      path,
      secure,
      httpOnly,
      // One that ends with the browser has none, as in Selenium's cookies.
      ...(expiresAt !== undefined && { expiry: Math.floor(expiresAt / 1000) }),
    })),
    timestamp: Math.floor(takenAt / 1000),
  };
  return `${JSON.stringify(session, null, 2)}\n`;
}
