/**
 * https://www.electronjs.org/docs/latest/api/cookies. A partition's cookies are Chromium's own, in a browser context of
 * their own; those of a `persist:` partition that have an expiry are kept in a file, as Electron keeps no others over a
 * restart.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type Electron from 'electron';
import type { DevTools } from './cdp.ts';
import { emitterOf } from './events.ts';
import { emittingFacade } from './facade.ts';

/** Network.Cookie */
interface ChromiumCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  /** Seconds since 1970; -1 for a session's. */
  readonly expires: number;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly session: boolean;
  readonly sameSite?: 'Strict' | 'Lax' | 'None';
}

const SAME_SITE = { Strict: 'strict', Lax: 'lax', None: 'no_restriction' } as const;
const SAME_SITE_BACK = {
  strict: 'Strict',
  lax: 'Lax',
  no_restriction: 'None',
  unspecified: undefined,
} as const;

export interface CookieContext {
  readonly devTools: DevTools;
  readonly browserContextId: string;
}

type Change = {
  readonly cookie: ChromiumCookie;
  readonly cause: 'inserted' | 'explicit' | 'overwrite' | 'expired-overwrite';
  readonly removed: boolean;
};

export class CookieJar {
  readonly facade: Electron.Cookies;
  readonly #emitter = emitterOf<Electron.Cookies>();
  readonly #file: string | undefined;
  readonly #context: () => Promise<CookieContext>;
  #known = new Map<string, ChromiumCookie>();
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #isUsed = false;
  /** Those that the application itself takes away. */
  readonly #removing = new Set<string>();

  constructor(file: string | undefined, context: () => Promise<CookieContext>) {
    this.#file = file;
    this.#context = context;
    const members = {
      get: async (filter: Electron.CookiesGetFilter) => {
        await this.look();
        return [...this.#known.values()].filter((cookie) => matches(cookie, filter)).map(toElectron);
      },
      set: (details: Electron.CookiesSetDetails) => this.#set(details),
      remove: (url: string, name: string) => this.#remove(url, name),
      flushStore: async () => {
        await this.look();
        this.save();
      },
    } satisfies Partial<Electron.Cookies>;
    this.facade = emittingFacade('cookies', this.#emitter, ['changed'], members);
  }

  /** Into a browser context that is new. */
  async restore({ devTools, browserContextId }: CookieContext): Promise<void> {
    const cookies = this.#kept();
    this.#isUsed = true;
    if (cookies.length === 0) return;
    await devTools.send('Storage.setCookies', {
      browserContextId,
      cookies: cookies.map(({ name, value, domain, path, expires, httpOnly, secure, sameSite }) => ({
        name,
        value,
        domain,
        path,
        expires,
        httpOnly,
        secure,
        // Left out where it is undefined, as JSON has no such value.
        sameSite,
      })),
    });
    await this.#lookOnce({ devTools, browserContextId }, true);
  }

  /** Compares with last time; Chromium tells nobody that a cookie changed. */
  async look(): Promise<void> {
    if (this.#looking !== undefined) {
      this.#lookAgain = true;
      return this.#looking;
    }
    this.#looking = (async () => {
      const context = await this.#context();
      do {
        this.#lookAgain = false;
        await this.#lookOnce(context, false);
      } while (this.#lookAgain);
    })().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** What would survive a restart, as it is known now. */
  save(): void {
    // One that was never used has nothing to write.
    if (this.#file === undefined || !this.#isUsed) return;
    const kept = [...this.#known.values()].filter(({ session }) => !session);
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, JSON.stringify(kept), { mode: 0o600 });
  }

  async clear(): Promise<void> {
    const { devTools, browserContextId } = await this.#context();
    await this.#removed([...this.#known.keys()], () =>
      devTools.send('Storage.clearCookies', { browserContextId }),
    );
    this.save();
  }

  #kept(): readonly ChromiumCookie[] {
    if (this.#file === undefined) return [];
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as ChromiumCookie[];
    } catch {
      return [];
    }
  }

  async #lookOnce({ devTools, browserContextId }: CookieContext, isSilent: boolean): Promise<void> {
    const reply = await devTools.attempt('Storage.getCookies', { browserContextId });
    if (reply === undefined) return;
    const cookies = reply['cookies'] as ChromiumCookie[];
    const now = new Map(cookies.map((cookie) => [keyOf(cookie), cookie]));
    const changes: Change[] = [];
    for (const [key, cookie] of this.#known)
      if (!now.has(key))
        // A page has no other way to take a cookie away than one that has expired.
        changes.push({
          cookie,
          cause: this.#removing.has(key) ? 'explicit' : 'expired-overwrite',
          removed: true,
        });
    for (const [key, cookie] of now) {
      const before = this.#known.get(key);
      if (before === undefined) changes.push({ cookie, cause: 'inserted', removed: false });
      else if (before.value !== cookie.value || before.expires !== cookie.expires)
        changes.push(
          { cookie: before, cause: 'overwrite', removed: true },
          { cookie, cause: 'inserted', removed: false },
        );
    }
    this.#known = now;
    this.#isUsed = true;
    if (isSilent) return;
    for (const { cookie, cause, removed } of changes)
      this.#emitter.emit('changed', {}, toElectron(cookie), cause, removed);
  }

  async #set(details: Electron.CookiesSetDetails): Promise<void> {
    const { devTools, browserContextId } = await this.#context();
    const sameSite = SAME_SITE_BACK[details.sameSite ?? 'unspecified'];
    await devTools.send('Storage.setCookies', {
      browserContextId,
      cookies: [
        {
          name: details.name ?? '',
          value: details.value ?? '',
          url: details.url,
          ...(details.domain === undefined ? {} : { domain: details.domain }),
          ...(details.path === undefined ? {} : { path: details.path }),
          ...(details.secure === undefined ? {} : { secure: details.secure }),
          ...(details.httpOnly === undefined ? {} : { httpOnly: details.httpOnly }),
          ...(details.expirationDate === undefined ? {} : { expires: details.expirationDate }),
          ...(sameSite === undefined ? {} : { sameSite }),
        },
      ],
    });
    await this.look();
  }

  async #remove(url: string, name: string): Promise<void> {
    const { devTools, browserContextId } = await this.#context();
    await this.look();
    const gone = [...this.#known.values()].filter(
      (cookie) => cookie.name === name && matches(cookie, { url }),
    );
    // Only a page can delete one cookie; one that expired is deleted as well.
    await this.#removed(gone.map(keyOf), () =>
      devTools.send('Storage.setCookies', {
        browserContextId,
        cookies: gone.map(({ value, domain, path, secure, httpOnly }) => ({
          name,
          value,
          domain,
          path,
          secure,
          httpOnly,
          expires: 1,
        })),
      }),
    );
  }

  async #removed(keys: readonly string[], remove: () => Promise<unknown>): Promise<void> {
    for (const key of keys) this.#removing.add(key);
    await remove();
    await this.look();
    for (const key of keys) this.#removing.delete(key);
  }
}

function keyOf({ name, domain, path }: ChromiumCookie): string {
  return JSON.stringify([name, domain, path]);
}

function toElectron(cookie: ChromiumCookie): Electron.Cookie {
  return {
    name: cookie.name,
    value: cookie.value,
    domain: cookie.domain,
    hostOnly: !cookie.domain.startsWith('.'),
    path: cookie.path,
    secure: cookie.secure,
    httpOnly: cookie.httpOnly,
    session: cookie.session,
    ...(cookie.session ? {} : { expirationDate: cookie.expires }),
    sameSite: cookie.sameSite === undefined ? 'unspecified' : SAME_SITE[cookie.sameSite],
  };
}

function matches(cookie: ChromiumCookie, filter: Electron.CookiesGetFilter): boolean {
  const host = cookie.domain.replace(/^\./, '');
  if (filter.url !== undefined) {
    const url = new URL(filter.url);
    const isHost = cookie.domain.startsWith('.')
      ? url.hostname === host || url.hostname.endsWith(cookie.domain)
      : url.hostname === host;
    // Chromium's own rule for RFC 6265's path-match.
    const isPath =
      url.pathname === cookie.path ||
      url.pathname.startsWith(cookie.path.endsWith('/') ? cookie.path : `${cookie.path}/`);
    const isTrustworthy = url.protocol === 'https:' || ['localhost', '127.0.0.1'].includes(url.hostname);
    if (!isHost || !isPath || (cookie.secure && !isTrustworthy)) return false;
  }
  if (filter.domain !== undefined) {
    const domain = filter.domain.replace(/^\./, '');
    if (host !== domain && !host.endsWith(`.${domain}`)) return false;
  }
  return (['name', 'path', 'secure', 'session', 'httpOnly'] as const).every(
    (key) => filter[key] === undefined || filter[key] === cookie[key],
  );
}
