/** How documents arrive, and how they fail to: the events that tell of it, and the end of a `loadURL`. */
import type { Params } from './cdp.ts';
import type { LivePage } from './live-page.ts';
import { netErrorOf } from './net-errors.ts';
import { toElectron } from './scheme-origins.ts';

/** Page.Frame */
interface NavigatedFrame {
  readonly id: string;
  readonly parentId?: string;
  readonly url: string;
  readonly urlFragment?: string;
  readonly name?: string;
  readonly loaderId: string;
  readonly unreachableUrl?: string;
}

export interface LoadsOwner {
  readonly onFirstPaint: () => void;
  readonly onChange: () => void;
  /** The navigation of the main frame that was under way is over. */
  readonly onSettled: () => void;
  readonly onCertificateError: (url: string, error: string) => void;
}

export class DocumentLoads {
  isLoading = false;
  readonly #page: LivePage;
  readonly #owner: LoadsOwner;
  #hasPainted = false;
  readonly #requested = new Map<string, { readonly url: string; readonly frameId: string }>();
  readonly #statuses = new Map<string, { readonly code: number; readonly text: string }>();

  constructor(page: LivePage, owner: LoadsOwner) {
    this.#page = page;
    this.#owner = owner;
  }

  /** When the document that is being loaded is there, or the page is gone. */
  next(): Promise<void> {
    const { emitter } = this.#page;
    return new Promise((resolve) => {
      const done = (): void => {
        emitter.off('did-finish-load', done);
        emitter.off('destroyed', done);
        resolve();
      };
      emitter.on('did-finish-load', done);
      emitter.on('destroyed', done);
    });
  }

  onRequest(params: Params): void {
    if (params['type'] !== 'Document') return;
    this.#requested.set(String(params['requestId']), {
      url: toElectron((params['request'] as { url: string }).url),
      frameId: String(params['frameId']),
    });
  }

  onResponse(params: Params): void {
    if (params['type'] !== 'Document') return;
    const { status, statusText } = params['response'] as { status: number; statusText: string };
    this.#statuses.set(String(params['loaderId']), { code: status, text: statusText });
  }

  onFailed(params: Params): void {
    const requestId = String(params['requestId']);
    const requested = this.#requested.get(requestId);
    this.#requested.delete(requestId);
    if (requested === undefined) return;
    const { url, frameId } = requested;
    const { emitter, frames } = this.#page;
    const isMainFrame = frames.isMain(frameId);
    const { name, code } = netErrorOf(String(params['errorText']));
    if (name.startsWith('ERR_CERT_')) this.#owner.onCertificateError(url, `net::${name}`);
    if (isMainFrame) this.#owner.onSettled();
    const routingId = frames.get(frameId)?.routingId ?? 0;
    emitter.emit('did-fail-provisional-load', {}, code, name, url, isMainFrame, 1, routingId);
    emitter.emit('did-fail-load', {}, code, name, url, isMainFrame, 1, routingId);
  }

  onNavigated(params: Params): void {
    const { id, parentId, url, urlFragment, name, loaderId, unreachableUrl } = params[
      'frame'
    ] as NavigatedFrame;
    const { emitter, frames } = this.#page;
    const isMainFrame = frames.isMain(id);
    const frame = frames.node(id, { parentId });
    frame.url = toElectron((unreachableUrl ?? url) + (urlFragment ?? ''));
    frame.name = name ?? '';
    if (isMainFrame) {
      this.#owner.onSettled();
      frames.keepOnly(frame);
    }
    if (unreachableUrl !== undefined) return;
    const { code, text } = this.#statuses.get(loaderId) ?? { code: -1, text: '' };
    this.#statuses.delete(loaderId);
    emitter.emit('did-frame-navigate', {}, frame.url, code, text, isMainFrame, 1, frame.routingId);
    if (isMainFrame) emitter.emit('did-navigate', {}, frame.url, code, text);
    this.#owner.onChange();
  }

  onNavigatedInPage(params: Params): void {
    const { emitter, frames } = this.#page;
    const frame = frames.node(String(params['frameId']));
    frame.url = toElectron(String(params['url']));
    emitter.emit('did-navigate-in-page', {}, frame.url, frames.isMain(frame.id), 1, frame.routingId);
    this.#owner.onChange();
  }

  onDomReady(): void {
    this.#page.emitter.emit('dom-ready', {});
    this.#page.frames.main?.facade.emit('dom-ready');
  }

  onLoaded(): void {
    const { emitter, frames } = this.#page;
    emitter.emit('did-frame-finish-load', {}, true, 1, frames.main?.routingId ?? 0);
    emitter.emit('did-finish-load');
    if (this.#hasPainted) return;
    this.#hasPainted = true;
    this.#owner.onFirstPaint();
  }

  onLoading(params: Params, isLoading: boolean): void {
    if (!this.#page.frames.isMain(String(params['frameId']))) return;
    this.isLoading = isLoading;
    this.#page.emitter.emit(isLoading ? 'did-start-loading' : 'did-stop-loading');
  }
}

/** What `loadURL` rejects with: https://www.electronjs.org/docs/latest/api/web-contents#contentsloadurlurl-options */
export function loadFailure(errorText: unknown, url: string): Error {
  const { name, code } = netErrorOf(typeof errorText === 'string' ? errorText : 'net::ERR_ABORTED');
  return Object.assign(new Error(`${name} (${code}) loading '${url}'`), { code: name, errno: code, url });
}
