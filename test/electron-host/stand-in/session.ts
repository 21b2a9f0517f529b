/** https://www.electronjs.org/docs/latest/api/session and …/api/protocol */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type Electron from 'electron';
import type { Params } from './cdp.ts';
import { chromium, type AttachedPage } from './chromium.ts';
import { setting } from './control.ts';
import { CookieJar, type CookieContext } from './cookies.ts';
import { emitterOf } from './events.ts';
import { cancellable, emittingFacade, facade, NotImplemented } from './facade.ts';
import { Permissions } from './permissions.ts';
import { isCustomScheme, registerScheme } from './scheme-origins.ts';
import { WebRequests } from './web-request.ts';

type SchemeHandler = Parameters<Electron.Protocol['handle']>[1];

/** A page of this partition, as far as a session is concerned with it. */
export interface SessionPage {
  readonly targetId: string;
  readonly webContents: Electron.WebContents;
  readonly mainFrameUrl: string;
  /** False where the page knows nothing of it. */
  adopt(popup: AttachedPage): boolean;
  owns(frameId: string): boolean;
  useUserAgent(userAgent: string): void;
}

export class Partition {
  readonly name: string;
  readonly facade: Electron.Session;
  readonly cookies: CookieJar;
  readonly permissions = new Permissions(() => this.context());
  readonly webRequests = new WebRequests();
  readonly handlers = new Map<string, SchemeHandler>();
  readonly pages = new Set<SessionPage>();
  userAgent: string | undefined;
  readonly #waiting: AttachedPage[] = [];
  #context: Promise<CookieContext> | undefined;
  readonly #emitter = emitterOf<Electron.Session>();

  constructor(name: string) {
    this.name = name;
    const isKept = name === '' || name.startsWith('persist:');
    const folder = encodeURIComponent(name === '' ? 'default' : name);
    const file = join(setting.partitionsDir, folder, 'cookies.json');
    this.cookies = new CookieJar(isKept ? file : undefined, () => this.context());
    const handlers = this.handlers;
    const protocol = facade('protocol', {
      handle(scheme, handler) {
        if (handlers.has(scheme)) throw new Error(`The scheme '${scheme}' is already handled`);
        registerScheme(scheme);
        handlers.set(scheme, handler);
      },
      unhandle(scheme) {
        handlers.delete(scheme);
      },
      isProtocolHandled: (scheme) => handlers.has(scheme),
      registerSchemesAsPrivileged,
    } satisfies Partial<Electron.Protocol>);
    const members = {
      cookies: this.cookies.facade,
      webRequest: this.webRequests.facade,
      protocol: protocol as unknown as Electron.Protocol,
      storagePath: isKept ? join(setting.partitionsDir, folder) : null,
      setPermissionRequestHandler: (handler) => {
        this.permissions.requestHandler = handler;
      },
      setPermissionCheckHandler: (handler) => {
        this.permissions.checkHandler = handler;
      },
      clearStorageData: async (options) => {
        const kinds = options?.storages;
        if (kinds === undefined || kinds.includes('cookies')) await this.cookies.clear();
      },
      clearData: () => this.cookies.clear(),
      clearCache: () => Promise.resolve(),
      clearAuthCache: () => Promise.resolve(),
      clearHostResolverCache: () => Promise.resolve(),
      closeAllConnections: () => Promise.resolve(),
      flushStorageData: () => this.cookies.save(),
      isPersistent: () => isKept,
      resolveProxy: () => Promise.resolve('DIRECT'),
      setSpellCheckerEnabled: () => undefined,
      setUserAgent: (userAgent) => {
        this.userAgent = userAgent;
        for (const page of this.pages) page.useUserAgent(userAgent);
      },
      getUserAgent: () => this.userAgent ?? 'Mozilla/5.0 Electron',
      setDevicePermissionHandler: () => undefined,
      setDisplayMediaRequestHandler: () => undefined,
      fetch: (input, init) => fetchFile(input, init),
    } satisfies Partial<Electron.Session>;
    this.facade = emittingFacade(
      'session',
      this.#emitter,
      ['will-download'],
      members,
    ) as unknown as Electron.Session;
  }

  /** Of its own in the one Chromium: partitions share nothing. */
  context(): Promise<CookieContext> {
    this.#context ??= (async () => {
      const browser = await chromium();
      const browserContextId = await browser.newContext(
        (popup) => this.#onPopup(popup),
        (method, params) => this.#onDownload(method, params),
      );
      const context = { devTools: browser.devTools, browserContextId };
      // A download that nobody prevents is not implemented; so none may leave a file.
      await browser.devTools.send('Browser.setDownloadBehavior', {
        behavior: 'deny',
        browserContextId,
        eventsEnabled: true,
      });
      await this.cookies.restore(context);
      return context;
    })();
    return this.#context;
  }

  #onPopup(popup: AttachedPage): void {
    for (const page of this.pages) if (page.targetId === popup.openerId && page.adopt(popup)) return;
    // A link with `noopener` names nobody: whoever just said that it opens a window did.
    for (const page of this.pages) if (page.adopt(popup)) return;
    // Or is about to say so. Until then it stands still.
    this.#waiting.push(popup);
  }

  /** A page has said that it opens a window. */
  onWindowOpen(): void {
    const popup = this.#waiting.shift();
    if (popup !== undefined) this.#onPopup(popup);
  }

  #onDownload(method: string, params: Params): void {
    if (method !== 'Browser.downloadWillBegin') return;
    const page = [...this.pages].find((each) => each.owns(String(params['frameId'])));
    if (page === undefined) return;
    const event = cancellable({});
    const item = facade('downloadItem', {
      getURL: () => String(params['url']),
      getFilename: () => String(params['suggestedFilename']),
      cancel: () => event.preventDefault(),
    } satisfies Partial<Electron.DownloadItem>);
    this.#emitter.emit('will-download', event, item, page.webContents);
    if (!event.defaultPrevented) throw new NotImplemented('a download that nobody prevents');
  }
}

function registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
  for (const { scheme } of schemes) registerScheme(scheme);
}

/** `net.fetch` and `session.fetch`: files, which Node's does not read, and what Node's can do. */
export async function fetchFile(input: string | Request, init?: RequestInit): Promise<Response> {
  const url = typeof input === 'string' ? input : input.url;
  if (!url.startsWith('file:')) {
    if (isCustomScheme(url)) throw new NotImplemented('fetching a custom scheme from the main process');
    return fetch(input, init);
  }
  const path = fileURLToPath(pathToFileURL(fileURLToPath(url)));
  const types: Readonly<Record<string, string>> = {
    html: 'text/html',
    js: 'text/javascript',
    css: 'text/css',
    svg: 'image/svg+xml',
    png: 'image/png',
    json: 'application/json',
    woff2: 'font/woff2',
  };
  const body = (() => {
    try {
      return readFileSync(path);
    } catch {
      throw new Error('net::ERR_FILE_NOT_FOUND');
    }
  })();
  return new Response(body, {
    headers: { 'content-type': types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream' },
  });
}

const partitions = new Map<string, Partition>();

export function partitionOf(name: string): Partition {
  let partition = partitions.get(name);
  if (partition === undefined) {
    partition = new Partition(name);
    partitions.set(name, partition);
    for (const listener of sessionListeners) listener(partition.facade);
  }
  return partition;
}

const sessionListeners: ((session: Electron.Session) => void)[] = [];

export function onSessionCreated(listener: (session: Electron.Session) => void): void {
  sessionListeners.push(listener);
}

export function partitionOfSession(session: Electron.Session): Partition | undefined {
  return [...partitions.values()].find((partition) => partition.facade === session);
}

/** A clean end writes what is still in memory. */
export function savePartitions(): void {
  for (const partition of partitions.values()) partition.cookies.save();
}

export const session = facade('session', {
  fromPartition: (name: string) => partitionOf(name).facade,
  get defaultSession(): Electron.Session {
    return partitionOf('').facade;
  },
});
