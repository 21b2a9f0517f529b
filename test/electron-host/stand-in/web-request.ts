/** https://www.electronjs.org/docs/latest/api/web-request: one listener per event, the last that was set. */
import type Electron from 'electron';
import { facade } from './facade.ts';

export type Stage =
  | 'onBeforeRequest'
  | 'onBeforeSendHeaders'
  | 'onHeadersReceived'
  | 'onCompleted'
  | 'onErrorOccurred'
  | 'onBeforeRedirect';

type ResourceType = Electron.OnBeforeRequestListenerDetails['resourceType'];

export interface RequestDetails {
  readonly id: number;
  readonly url: string;
  readonly method: string;
  readonly webContentsId: number;
  readonly resourceType: ResourceType;
  readonly referrer: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

interface Registration {
  readonly filter: Electron.WebRequestFilter;
  readonly listener: (details: object, callback: (response: object) => void) => void;
}

/** Network.ResourceType to Electron's. */
export function resourceTypeOf(type: string, isMainFrame: boolean): ResourceType {
  switch (type) {
    case 'Document':
      return isMainFrame ? 'mainFrame' : 'subFrame';
    case 'XHR':
    case 'Fetch':
    case 'EventSource':
      return 'xhr';
    case 'Stylesheet':
    case 'Script':
    case 'Image':
    case 'Font':
    case 'Media':
    case 'Ping':
      return type.toLowerCase() as ResourceType;
    case 'WebSocket':
      return 'webSocket';
    case 'CSPViolationReport':
      return 'cspReport';
    default:
      return 'other';
  }
}

export class WebRequests {
  readonly #registrations = new Map<Stage, Registration>();
  readonly facade: Electron.WebRequest;

  constructor() {
    const register =
      (stage: Stage) =>
      (filterOrListener: unknown, listener?: unknown): void => {
        const [filter, callback] =
          typeof filterOrListener === 'function' || filterOrListener === null
            ? [{ urls: ['<all_urls>'] }, filterOrListener]
            : [filterOrListener, listener];
        if (typeof callback !== 'function') this.#registrations.delete(stage);
        else this.#registrations.set(stage, { filter, listener: callback } as Registration);
      };
    const members = {
      onBeforeRequest: register('onBeforeRequest'),
      onBeforeSendHeaders: register('onBeforeSendHeaders'),
      onHeadersReceived: register('onHeadersReceived'),
      onBeforeRedirect: register('onBeforeRedirect'),
      onCompleted: register('onCompleted'),
      onErrorOccurred: register('onErrorOccurred'),
    } satisfies Partial<Electron.WebRequest>;
    this.facade = facade('webRequest', members) as unknown as Electron.WebRequest;
  }

  /** What the listener answers; `{}` where there is none for this request. */
  ask(stage: Stage, details: RequestDetails & object): Promise<Readonly<Record<string, unknown>>> {
    const registration = this.#registrations.get(stage);
    if (registration === undefined || !applies(registration.filter, details)) return Promise.resolve({});
    return new Promise((resolve) => {
      registration.listener(details, (response) => resolve({ ...response }));
    });
  }

  tell(stage: Stage, details: RequestDetails & object): void {
    const registration = this.#registrations.get(stage);
    if (registration === undefined || !applies(registration.filter, details)) return;
    registration.listener(details, () => undefined);
  }
}

function applies(filter: Electron.WebRequestFilter, { url, resourceType }: RequestDetails): boolean {
  // An empty list is every address, says the page above.
  const isIn =
    (filter.urls ?? []).length === 0 || (filter.urls ?? []).some((pattern) => matchesPattern(pattern, url));
  const isOut = (filter.excludeUrls ?? []).some((pattern) => matchesPattern(pattern, url));
  const isType = filter.types === undefined || filter.types.some((type) => type === resourceType);
  return isIn && !isOut && isType;
}

/** https://developer.chrome.com/docs/extensions/develop/concepts/match-patterns */
function matchesPattern(pattern: string, address: string): boolean {
  if (pattern === '<all_urls>') return true;
  const match = /^([^:]+):\/\/([^/]*)(\/.*)?$/.exec(pattern);
  if (match === null || !URL.canParse(address)) return false;
  const [, scheme = '', host = '', path = '/*'] = match;
  const url = new URL(address);
  const isScheme =
    scheme === '*'
      ? ['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol)
      : `${scheme}:` === url.protocol;
  const bare = host.replace(/^\*\./, '');
  const [name, port] = bare.split(/:(?=\d+$|\*$)/);
  const isPort = port === undefined || port === '*' || port === url.port;
  const isHost =
    host === '*' ||
    (host.startsWith('*.')
      ? url.hostname === name || url.hostname.endsWith(`.${name}`)
      : url.hostname === name);
  const text = path
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return isScheme && isHost && isPort && new RegExp(`^${text}$`).test(`${url.pathname}${url.search}`);
}
