import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { protocol, type Session } from 'electron';
import { lookUp } from './app-files.ts';
import { APP_SCHEME } from './origin.ts';

/** Only what was built with the page runs, and it talks to nobody: what it needs comes over IPC. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/**
 * Before the application is ready, and once: https://www.electronjs.org/docs/latest/api/protocol. `standard` gives the
 * page an origin to compare, `secure` what browsers keep for https; module scripts are loaded as that page's example has it.
 */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

/** Serves the built page from `folder`, in this session alone: no other window can load it. */
export function serveApp(session: Session, folder: string): void {
  session.protocol.handle(APP_SCHEME, ({ method, url }) => respond(method, url, folder));
}

async function respond(method: string, url: string, folder: string): Promise<Response> {
  const found = lookUp(method, url);
  if (found.kind === 'refused') return new Response(null, { status: found.status, headers: HEADERS });
  try {
    const body = await readFile(join(folder, ...found.segments));
    return new Response(method === 'HEAD' ? null : new Uint8Array(body), {
      headers: { ...HEADERS, 'Content-Type': found.type },
    });
  } catch {
    return new Response(null, { status: 404, headers: HEADERS });
  }
}
