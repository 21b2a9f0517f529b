/** Each request of a page, on its way: navigation events, `webRequest`, the application's own schemes. */
import type { Params } from './cdp.ts';
import {
  headerToChromium,
  headerToElectron,
  isCustomScheme,
  toChromium,
  toElectron,
} from './scheme-origins.ts';
import type { Partition } from './session.ts';
import { resourceTypeOf, type RequestDetails } from './web-request.ts';

export interface PipelinePage {
  readonly id: number;
  isMainFrame(frameId: string): boolean;
  send(method: string, params: Params): Promise<Params | undefined>;
  /** False when a listener prevented it. */
  mayNavigate(request: { url: string; frameId: string; redirectedFrom: string | undefined }): boolean;
}

interface Header {
  readonly name: string;
  readonly value: string;
}

/** Fetch.requestPaused */
interface Paused {
  readonly requestId: string;
  readonly networkId?: string;
  readonly request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly postData?: string;
  };
  readonly frameId: string;
  readonly resourceType: string;
  readonly responseStatusCode?: number;
  readonly responseStatusText?: string;
  readonly responseErrorReason?: string;
  readonly responseHeaders?: readonly Header[];
  readonly redirectedRequestId?: string;
}

/** Unique among all sessions. */
let lastId = 0;

export class RequestPipeline {
  readonly #partition: Partition;
  readonly #page: PipelinePage;
  readonly #details = new Map<string, RequestDetails>();
  readonly #responses = new Map<
    string,
    { readonly statusCode: number; readonly headers: Record<string, string[]> }
  >();

  constructor(partition: Partition, page: PipelinePage) {
    this.#partition = partition;
    this.#page = page;
  }

  async onPaused(params: Params): Promise<void> {
    const paused = params as unknown as Paused;
    try {
      if (paused.responseErrorReason !== undefined)
        await this.#page.send('Fetch.continueRequest', { requestId: paused.requestId });
      else if (paused.responseStatusCode !== undefined) await this.#onResponseStage(paused);
      else await this.#onRequestStage(paused);
    } catch (error) {
      // A listener of the application's threw: nobody answers this request any more.
      await this.#fail(paused, 'Failed');
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #fail({ requestId }: Paused, errorReason: 'Aborted' | 'BlockedByClient' | 'Failed'): Promise<unknown> {
    return this.#page.send('Fetch.failRequest', { requestId, errorReason });
  }

  #detailsOf(paused: Paused): RequestDetails {
    const { request, frameId, resourceType, networkId, requestId } = paused;
    return {
      // Each hop of a redirected request has the id of the first, as in Electron.
      id: this.#details.get(networkId ?? requestId)?.id ?? ++lastId,
      url: toElectron(request.url),
      method: request.method,
      webContentsId: this.#page.id,
      resourceType: resourceTypeOf(resourceType, this.#page.isMainFrame(frameId)),
      referrer: toElectron(request.headers['Referer'] ?? ''),
      timestamp: Date.now(),
    };
  }

  async #onRequestStage(paused: Paused): Promise<void> {
    const { request, requestId, frameId, resourceType, redirectedRequestId } = paused;
    // Electron has no place to show an icon, and asks for none.
    if (resourceType === 'Other' && new URL(request.url).pathname === '/favicon.ico') {
      await this.#fail(paused, 'BlockedByClient');
      return;
    }
    const url = toElectron(request.url);
    if (
      resourceType === 'Document' &&
      !this.#page.mayNavigate({ url, frameId, redirectedFrom: redirectedRequestId })
    ) {
      await this.#fail(paused, 'Aborted');
      return;
    }
    const requests = this.#partition.webRequests;
    const details = this.#detailsOf(paused);
    this.#details.set(paused.networkId ?? requestId, details);
    const before = await requests.ask('onBeforeRequest', details);
    if (before['cancel'] === true) {
      await this.#fail(paused, 'BlockedByClient');
      return;
    }
    if (typeof before['redirectURL'] === 'string') {
      await this.#page.send('Fetch.fulfillRequest', {
        requestId,
        responseCode: 307,
        responseHeaders: [{ name: 'Location', value: toChromium(before['redirectURL']) }],
      });
      return;
    }
    const sending = await requests.ask('onBeforeSendHeaders', {
      ...details,
      requestHeaders: { ...request.headers },
    } as never);
    if (sending['cancel'] === true) {
      await this.#fail(paused, 'BlockedByClient');
      return;
    }
    if (isCustomScheme(url)) {
      await this.#answer(paused, url, details);
      return;
    }
    const headers = sending['requestHeaders'];
    await this.#page.send('Fetch.continueRequest', {
      requestId,
      ...(typeof headers === 'object' && headers !== null
        ? { headers: Object.entries(headers).map(([name, value]) => ({ name, value: String(value) })) }
        : {}),
    });
  }

  /** By the handler that the application registered: https://www.electronjs.org/docs/latest/api/protocol#protocolhandlescheme-handler */
  async #answer(paused: Paused, url: string, details: RequestDetails): Promise<void> {
    const { request, requestId } = paused;
    const handler = this.#partition.handlers.get(url.slice(0, url.indexOf(':')));
    if (handler === undefined) {
      await this.#fail(paused, 'Failed');
      return;
    }
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) headers.set(name, headerToElectron(value));
    const asked = new Request(url, {
      method: request.method,
      headers,
      ...(request.postData === undefined ? {} : { body: request.postData }),
    });
    const response = await handler(asked);
    const all: Record<string, string[]> = {};
    for (const [name, value] of response.headers) (all[name] ??= []).push(value);
    const changed = await this.#headersReceived(details, response.status, response.statusText, all);
    if (changed === 'cancel') {
      await this.#fail(paused, 'BlockedByClient');
      return;
    }
    const body = Buffer.from(await response.arrayBuffer()).toString('base64');
    this.#responses.set(paused.networkId ?? requestId, { statusCode: response.status, headers: changed });
    await this.#page.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: response.status,
      responseHeaders: toHeaders(changed).map(({ name, value }) => ({
        name,
        value: headerToChromium(value),
      })),
      body,
    });
  }

  async #onResponseStage(paused: Paused): Promise<void> {
    const { requestId, responseStatusCode = 0, responseStatusText = '' } = paused;
    const details = this.#details.get(paused.networkId ?? requestId) ?? this.#detailsOf(paused);
    const headers: Record<string, string[]> = {};
    for (const { name, value } of paused.responseHeaders ?? [])
      (headers[name.toLowerCase()] ??= []).push(value);
    // Whoever listens is told with the cookies in place, as Electron does.
    await this.#partition.cookies.look();
    const changed = await this.#headersReceived(details, responseStatusCode, responseStatusText, headers);
    if (changed === 'cancel') {
      await this.#fail(paused, 'BlockedByClient');
      return;
    }
    await this.#page.send(
      'Fetch.continueResponse',
      changed === headers
        ? { requestId }
        : { requestId, responseCode: responseStatusCode, responseHeaders: toHeaders(changed) },
    );
  }

  async #headersReceived(
    details: RequestDetails,
    statusCode: number,
    statusText: string,
    responseHeaders: Record<string, string[]>,
  ): Promise<Record<string, string[]> | 'cancel'> {
    const answer = await this.#partition.webRequests.ask('onHeadersReceived', {
      ...details,
      statusCode,
      statusLine: `HTTP/1.1 ${statusCode} ${statusText}`.trim(),
      responseHeaders: structuredClone(responseHeaders),
    } as never);
    if (answer['cancel'] === true) return 'cancel';
    const replaced = answer['responseHeaders'];
    if (typeof replaced !== 'object' || replaced === null) return responseHeaders;
    return Object.fromEntries(
      Object.entries(replaced).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.map(String) : [String(value)],
      ]),
    );
  }

  // --- DevTools' own account of the same, by which it is known when a request is over ---------------------------

  onWillBeSent(params: Params): void {
    const { redirectResponse } = params;
    if (redirectResponse === undefined) return;
    const details = this.#details.get(String(params['requestId']));
    if (details === undefined) return;
    const { status } = redirectResponse as { status: number };
    this.#partition.webRequests.tell('onBeforeRedirect', {
      ...details,
      redirectURL: toElectron((params['request'] as { url: string }).url),
      statusCode: status,
      fromCache: false,
    } as never);
  }

  onResponse(params: Params): void {
    const { status, headers } = params['response'] as { status: number; headers: Record<string, string> };
    this.#responses.set(String(params['requestId']), {
      statusCode: status,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]),
      ),
    });
  }

  onFinished(params: Params): void {
    const { details, response } = this.#take(params);
    if (details === undefined) return;
    this.#partition.webRequests.tell('onCompleted', {
      ...details,
      fromCache: false,
      statusCode: response?.statusCode ?? 0,
      statusLine: `HTTP/1.1 ${response?.statusCode ?? 0}`,
      responseHeaders: response?.headers ?? {},
      error: '',
    } as never);
  }

  onFailed(params: Params): void {
    const { details } = this.#take(params);
    if (details === undefined) return;
    this.#partition.webRequests.tell('onErrorOccurred', {
      ...details,
      fromCache: false,
      error: String(params['errorText']),
    } as never);
  }

  #take(params: Params) {
    const requestId = String(params['requestId']);
    const taken = { details: this.#details.get(requestId), response: this.#responses.get(requestId) };
    this.#details.delete(requestId);
    this.#responses.delete(requestId);
    return taken;
  }
}

function toHeaders(headers: Readonly<Record<string, readonly string[]>>): readonly Header[] {
  return Object.entries(headers).flatMap(([name, values]) => values.map((value) => ({ name, value })));
}
