/** https://www.electronjs.org/docs/latest/api/web-contents */
import { readFileSync } from 'node:fs';
import type Electron from 'electron';
import type { DevTools, Params } from './cdp.ts';
import { chromium, type AttachedPage } from './chromium.ts';
import { setting } from './control.ts';
import { emitterOf } from './events.ts';
import { cancellable, emittingFacade, NotImplemented } from './facade.ts';
import { makeFrame, type FrameNode } from './frames.ts';
import { dispatchInvoke, dispatchSend, type Sender } from './ipc-main.ts';
import { netErrorOf } from './net-errors.ts';
import { recordOpened } from './shell.ts';
import {
  BINDING,
  DELIVER,
  ISOLATED_WORLD,
  nodeCodec,
  pageScripts,
  type FromPage,
  type ToPage,
} from './page-scripts.ts';
import { RequestPipeline } from './request-pipeline.ts';
import { isCustomScheme, toChromium, toElectron } from './scheme-origins.ts';
import type { Partition, SessionPage } from './session.ts';

type OpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0];

export interface ChildRequest {
  readonly details: Electron.HandlerDetails;
  readonly options: Electron.BrowserWindowConstructorOptions | undefined;
  readonly popup: AttachedPage;
}

export interface ContentsOwner {
  /** True when it goes into the window's title. */
  readonly onTitle: (title: string) => void;
  /** Emits before the listener of the window sees it. */
  readonly openChild: (request: ChildRequest) => Electron.BrowserWindow;
  readonly onFirstPaint: () => void;
  readonly onChange: () => void;
  /** The page is gone, by whomever. */
  readonly onGone: () => void;
  readonly closeWindow: () => void;
}

interface WindowOpen {
  readonly url: string;
  readonly name: string;
  readonly features: readonly string[];
}

const EVENTS = [
  'will-navigate',
  'will-frame-navigate',
  'will-redirect',
  'did-start-navigation',
  'did-redirect-navigation',
  'did-navigate',
  'did-frame-navigate',
  'did-navigate-in-page',
  'did-start-loading',
  'did-stop-loading',
  'did-finish-load',
  'did-frame-finish-load',
  'did-fail-load',
  'did-fail-provisional-load',
  'dom-ready',
  'page-title-updated',
  'did-create-window',
  'render-process-gone',
  'unresponsive',
  'responsive',
  'destroyed',
  'preload-error',
  'certificate-error',
  'will-prevent-unload',
  'will-attach-webview',
  'did-attach-webview',
  'focus',
  'blur',
  'console-message',
  'context-menu',
  'before-input-event',
] as const;

const all = new Map<number, Contents>();
const createdListeners: ((contents: Electron.WebContents) => void)[] = [];
const certificateListeners: ((contents: Electron.WebContents, url: string, error: string) => void)[] = [];
let lastId = 0;
let media: Params = {};

export function onWebContentsCreated(listener: (contents: Electron.WebContents) => void): void {
  createdListeners.push(listener);
}

export function onCertificateError(
  listener: (contents: Electron.WebContents, url: string, error: string) => void,
): void {
  certificateListeners.push(listener);
}

/** `prefers-color-scheme` of all pages, those to come included. */
export function emulateColorScheme(isDark: boolean): void {
  media = { features: [{ name: 'prefers-color-scheme', value: isDark ? 'dark' : 'light' }] };
  for (const contents of all.values()) contents.emulateMedia();
}

export function contentsById(id: number): Contents | undefined {
  return all.get(id);
}

export class Contents implements SessionPage {
  readonly id = ++lastId;
  readonly facade: Electron.WebContents;
  readonly partition: Partition;
  readonly webPreferences: Electron.WebPreferences;
  targetId = '';
  isDestroyed = false;
  readonly emitter = emitterOf<Electron.WebContents>();
  readonly #owner: ContentsOwner;
  readonly #ready: Promise<void>;
  readonly #frames = new Map<string, FrameNode>();
  readonly #opening: WindowOpen[] = [];
  readonly #documents = new Map<string, { readonly url: string; readonly frameId: string }>();
  readonly #statuses = new Map<string, { readonly code: number; readonly text: string }>();
  readonly #requests: RequestPipeline;
  #devTools: DevTools | undefined;
  #sessionId = '';
  #openHandler: OpenHandler | undefined;
  #isProgrammatic = false;
  #isLoading = false;
  #hasPainted = false;
  #title = '';
  #userAgent: string | undefined;

  constructor(
    partition: Partition,
    webPreferences: Electron.WebPreferences,
    owner: ContentsOwner,
    attach: () => Promise<AttachedPage>,
  ) {
    if (webPreferences.contextIsolation === false) throw new NotImplemented('contextIsolation: false');
    if (webPreferences.nodeIntegration === true) throw new NotImplemented('nodeIntegration: true');
    this.partition = partition;
    this.webPreferences = webPreferences;
    this.#owner = owner;
    this.#requests = new RequestPipeline(partition, {
      id: this.id,
      isMainFrame: (frameId) => frameId === this.targetId,
      send: (method, params) => this.attempt(method, params),
      mayNavigate: (request) => this.#mayNavigate(request),
    });
    this.facade = this.#makeFacade();
    all.set(this.id, this);
    partition.pages.add(this);
    this.#ready = attach().then((page) => this.#attached(page));
    this.#ready.catch(() => this.gone());
    // The window that it belongs to has to be whole when somebody hears of it.
    for (const listener of createdListeners) queueMicrotask(() => listener(this.facade));
  }

  get webContents(): Electron.WebContents {
    return this.facade;
  }

  get mainFrameUrl(): string {
    return this.#main()?.url ?? '';
  }

  get title(): string {
    return this.#title;
  }

  /** When its page is there, and set up. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  owns(frameId: string): boolean {
    return this.#frames.has(frameId);
  }

  async attempt(method: string, params: Params = {}): Promise<Params | undefined> {
    return this.#devTools?.attempt(method, params, this.#sessionId);
  }

  useUserAgent(userAgent: string): void {
    this.#userAgent = userAgent;
    void this.#ready.then(() => this.attempt('Network.setUserAgentOverride', { userAgent }));
  }

  emulateMedia(): void {
    void this.attempt('Emulation.setEmulatedMedia', media);
  }

  /** A page that has it is a visible one, whatever becomes of its window. */
  async emulateFocus(enabled: boolean): Promise<void> {
    await this.attempt('Emulation.setFocusEmulationEnabled', { enabled });
  }

  async load(address: string): Promise<void> {
    await this.#ready;
    const url = toChromium(address);
    this.#isProgrammatic = true;
    const finished = this.#nextLoad();
    const reply = await this.attempt('Page.navigate', { url });
    const failure = reply?.['errorText'];
    if (reply !== undefined && typeof failure !== 'string') return finished;
    const { name, code } = netErrorOf(typeof failure === 'string' ? failure : 'net::ERR_ABORTED');
    this.#isProgrammatic = false;
    throw Object.assign(new Error(`${name} (${code}) loading '${address}'`), {
      code: name,
      errno: code,
      url: address,
    });
  }

  send(channel: string, args: readonly unknown[]): void {
    const main = this.#main();
    if (main !== undefined) this.#sendTo(main, channel, args);
  }

  async destroy(): Promise<void> {
    if (this.isDestroyed) return;
    this.gone();
    // A page that is still being made is closed when it is there.
    await this.#ready.catch(() => undefined);
    await this.#devTools?.attempt('Target.closeTarget', { targetId: this.targetId });
  }

  gone(): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    all.delete(this.id);
    this.partition.pages.delete(this);
    for (const frame of this.#frames.values()) frame.isGone = true;
    this.emitter.emit('destroyed');
    this.#owner.onGone();
  }

  /** As if the message had come from this frame of the page. */
  senderOf(frame: FrameNode | undefined): Sender {
    return {
      webContents: this.facade,
      frame: frame?.facade ?? null,
      frameId: frame?.routingId ?? -1,
      reply: (channel, args) => {
        if (frame !== undefined) this.#sendTo(frame, channel, args);
      },
    };
  }

  mainFrame(): FrameNode | undefined {
    return this.#main();
  }

  adopt(popup: AttachedPage): boolean {
    const opening = this.#opening.shift();
    if (opening === undefined) return false;
    const url = toElectron(opening.url);
    const details: Electron.HandlerDetails = {
      url,
      // Chromium has no name for a window that nobody named.
      frameName: opening.name === '_blank' ? '' : opening.name,
      features: opening.features.join(','),
      disposition: opening.features.some((feature) => /^(width|height|popup)/.test(feature))
        ? 'new-window'
        : 'foreground-tab',
      referrer: { url: this.mainFrameUrl, policy: 'strict-origin-when-cross-origin' },
    };
    const response = this.#openHandler?.(details) ?? { action: 'allow' as const };
    if (response.action === 'deny') {
      void chromium().then((browser) => browser.refuse(popup, opening.url));
      return true;
    }
    if (response.createWindow !== undefined) throw new NotImplemented('setWindowOpenHandler createWindow');
    const options = response.overrideBrowserWindowOptions;
    const window = this.#owner.openChild({ details, options, popup });
    const { frameName, disposition, referrer } = details;
    this.emitter.emit('did-create-window', window, {
      url,
      frameName,
      options: options ?? {},
      disposition,
      referrer,
    });
    return true;
  }

  #main(): FrameNode | undefined {
    return this.#frames.get(this.targetId);
  }

  async #attached(page: AttachedPage): Promise<void> {
    const { devTools } = await chromium();
    this.#devTools = devTools;
    this.#sessionId = page.sessionId;
    this.targetId = page.targetId;
    this.#frame(page.targetId, {});
    devTools.listen(page.sessionId, (method, params) => this.#onEvent(method, params));
    (await chromium()).whenGone(page.sessionId, () => {
      devTools.forget(page.sessionId);
      this.gone();
    });
    const { preload } = this.webPreferences;
    const source = preload === undefined ? undefined : readFileSync(preload, 'utf8');
    const scripts = pageScripts(source, setting.platform);
    const userAgent = this.#userAgent ?? this.partition.userAgent;
    const steps: readonly (readonly [string, Params?])[] = [
      ['Inspector.enable'],
      ['Page.enable'],
      ['Network.enable'],
      ['Runtime.addBinding', { name: BINDING, executionContextName: ISOLATED_WORLD }],
      ['Runtime.enable'],
      ['Page.addScriptToEvaluateOnNewDocument', { source: scripts.mainWorld }],
      ['Page.addScriptToEvaluateOnNewDocument', { source: scripts.isolatedWorld, worldName: ISOLATED_WORLD }],
      [
        'Fetch.enable',
        {
          patterns: [
            { urlPattern: '*', requestStage: 'Request' },
            { urlPattern: '*', requestStage: 'Response' },
          ],
        },
      ],
      ['Emulation.setFocusEmulationEnabled', { enabled: true }],
      ['Emulation.setEmulatedMedia', media],
      ...(userAgent === undefined ? [] : [['Network.setUserAgentOverride', { userAgent }] as const]),
      ['Runtime.runIfWaitingForDebugger'],
    ];
    await Promise.all(steps.map(([method, params]) => devTools.attempt(method, params, page.sessionId)));
    this.#owner.onChange();
  }

  #frame(id: string, source: { parentId?: string | undefined; url?: string; name?: string }): FrameNode {
    const known = this.#frames.get(id);
    if (known !== undefined) return known;
    const node = makeFrame(
      {
        node: (other) => this.#frames.get(other),
        children: (parent) => [...this.#frames.values()].filter((frame) => frame.parentId === parent),
        sendTo: (frame, channel, args) => this.#sendTo(frame, channel, args),
      },
      id,
      source,
    );
    this.#frames.set(id, node);
    return node;
  }

  #sendTo(frame: FrameNode, channel: string, args: readonly unknown[]): void {
    this.#deliver(frame, { kind: 'message', channel, args: nodeCodec.encode(args) });
  }

  #deliver(frame: FrameNode, message: ToPage): void {
    if (frame.contextId === undefined) return;
    void this.attempt('Runtime.evaluate', {
      expression: `${DELIVER}(${JSON.stringify(JSON.stringify(message))})`,
      contextId: frame.contextId,
    });
  }

  // --- what Chromium tells -------------------------------------------------------------------------------------

  #onEvent(method: string, params: Params): void {
    switch (method) {
      case 'Fetch.requestPaused':
        void this.#requests.onPaused(params);
        break;
      case 'Runtime.executionContextCreated':
        this.#onContext(params);
        break;
      case 'Runtime.executionContextsCleared':
        for (const frame of this.#frames.values()) frame.contextId = undefined;
        break;
      case 'Runtime.bindingCalled':
        this.#onBinding(params);
        break;
      case 'Page.frameAttached':
        this.#frame(String(params['frameId']), { parentId: String(params['parentFrameId']) });
        break;
      case 'Page.frameDetached':
        if (params['reason'] !== 'swap') this.#onFrameDetached(String(params['frameId']));
        break;
      case 'Page.frameNavigated':
        this.#onNavigated(params);
        break;
      case 'Page.navigatedWithinDocument':
        this.#onNavigatedInPage(params);
        break;
      case 'Page.frameRequestedNavigation':
        this.#onRequestedNavigation(params);
        break;
      case 'Page.windowOpen':
        this.#opening.push({
          url: String(params['url']),
          name: String(params['windowName']),
          features: params['windowFeatures'] as string[],
        });
        this.partition.onWindowOpen();
        break;
      case 'Page.domContentEventFired':
        this.emitter.emit('dom-ready', {});
        this.#main()?.facade.emit('dom-ready');
        break;
      case 'Page.loadEventFired':
        this.#onLoaded();
        break;
      case 'Page.frameStartedLoading':
        if (params['frameId'] === this.targetId) {
          this.#isLoading = true;
          this.emitter.emit('did-start-loading');
        }
        break;
      case 'Page.frameStoppedLoading':
        if (params['frameId'] === this.targetId) {
          this.#isLoading = false;
          this.emitter.emit('did-stop-loading');
        }
        break;
      case 'Network.requestWillBeSent':
        this.#requests.onWillBeSent(params);
        if (params['type'] === 'Document')
          this.#documents.set(String(params['requestId']), {
            url: toElectron((params['request'] as { url: string }).url),
            frameId: String(params['frameId']),
          });
        break;
      case 'Network.responseReceived':
        this.#onResponse(params);
        break;
      case 'Network.responseReceivedExtraInfo':
        void this.partition.cookies.look();
        break;
      case 'Network.loadingFinished':
        this.#requests.onFinished(params);
        void this.partition.cookies.look();
        break;
      case 'Network.loadingFailed':
        this.#requests.onFailed(params);
        this.#onLoadingFailed(params);
        break;
      case 'Inspector.targetCrashed':
        this.emitter.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 });
    }
  }

  #onContext(params: Params): void {
    const context = params['context'] as { id: number; name: string; auxData: { frameId: string } };
    if (context.name !== ISOLATED_WORLD) return;
    this.#frame(context.auxData.frameId, {}).contextId = context.id;
  }

  #onFrameDetached(id: string): void {
    const frame = this.#frames.get(id);
    if (frame === undefined) return;
    frame.isGone = true;
    this.#frames.delete(id);
  }

  #onNavigated(params: Params): void {
    const { id, parentId, url, urlFragment, name, loaderId, unreachableUrl } = params['frame'] as {
      id: string;
      parentId?: string;
      url: string;
      urlFragment?: string;
      name?: string;
      loaderId: string;
      unreachableUrl?: string;
    };
    const isMainFrame = id === this.targetId;
    const frame = this.#frame(id, { parentId });
    frame.url = toElectron((unreachableUrl ?? url) + (urlFragment ?? ''));
    frame.name = name ?? '';
    if (isMainFrame) {
      this.#isProgrammatic = false;
      for (const other of this.#frames.values()) if (other !== frame) this.#onFrameDetached(other.id);
    }
    if (unreachableUrl !== undefined) return;
    const { code, text } = this.#statuses.get(loaderId) ?? { code: -1, text: '' };
    this.#statuses.delete(loaderId);
    this.emitter.emit('did-frame-navigate', {}, frame.url, code, text, isMainFrame, 1, frame.routingId);
    if (isMainFrame) this.emitter.emit('did-navigate', {}, frame.url, code, text);
    this.#owner.onChange();
  }

  #onNavigatedInPage(params: Params): void {
    const frame = this.#frame(String(params['frameId']), {});
    frame.url = toElectron(String(params['url']));
    const isMainFrame = frame.id === this.targetId;
    this.emitter.emit('did-navigate-in-page', {}, frame.url, isMainFrame, 1, frame.routingId);
    this.#owner.onChange();
  }

  /** Where it leads is no request that Chromium would make: another program's address, or one of the application's. */
  #onRequestedNavigation(params: Params): void {
    const url = String(params['url']);
    if (/^(https?|file|data|blob|about|javascript|chrome-error|filesystem|view-source|chrome):/.test(url))
      return;
    if (params['disposition'] !== 'currentTab') return;
    const frameId = String(params['frameId']);
    if (!this.#mayNavigate({ url, frameId, redirectedFrom: undefined })) return;
    if (isCustomScheme(url)) {
      if (frameId === this.targetId) void this.attempt('Page.navigate', { url: toChromium(url) });
      return;
    }
    const frame = this.#frames.get(frameId);
    void this.partition
      .askPermission(this, 'openExternal', frame?.url ?? '', frameId === this.targetId)
      .then((isGranted) => {
        if (isGranted) recordOpened('protocol', url);
      });
  }

  #mayNavigate({
    url,
    frameId,
    redirectedFrom,
  }: {
    url: string;
    frameId: string;
    redirectedFrom: string | undefined;
  }): boolean {
    const isMainFrame = frameId === this.targetId;
    const frame = this.#frame(frameId, {});
    const details = { url, isSameDocument: false, isMainFrame, frame: frame.facade, initiator: null };
    const emit = (
      name:
        | 'did-start-navigation'
        | 'will-frame-navigate'
        | 'will-navigate'
        | 'will-redirect'
        | 'did-redirect-navigation',
    ): boolean => {
      const event = cancellable(details);
      this.emitter.emit(name, event, url, false, isMainFrame, 1, frame.routingId);
      return !event.defaultPrevented;
    };
    if (redirectedFrom !== undefined) {
      if (!emit('will-redirect')) return false;
      emit('did-redirect-navigation');
      return true;
    }
    emit('did-start-navigation');
    // Navigations that the program asked for are not asked about.
    if (isMainFrame && this.#isProgrammatic) return true;
    return emit('will-frame-navigate') && (!isMainFrame || emit('will-navigate'));
  }

  #onLoaded(): void {
    this.emitter.emit('did-frame-finish-load', {}, true, 1, this.#main()?.routingId ?? 0);
    this.emitter.emit('did-finish-load');
    if (!this.#hasPainted) {
      this.#hasPainted = true;
      this.#owner.onFirstPaint();
    }
  }

  #nextLoad(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.emitter.off('did-finish-load', done);
        this.emitter.off('destroyed', done);
        resolve();
      };
      this.emitter.on('did-finish-load', done);
      this.emitter.on('destroyed', done);
    });
  }

  #onResponse(params: Params): void {
    const { status, statusText } = params['response'] as { status: number; statusText: string };
    this.#requests.onResponse(params);
    if (params['type'] === 'Document')
      this.#statuses.set(String(params['loaderId']), { code: status, text: statusText });
  }

  #onLoadingFailed(params: Params): void {
    const requestId = String(params['requestId']);
    const document = this.#documents.get(requestId);
    this.#documents.delete(requestId);
    if (document === undefined) return;
    const isMainFrame = document.frameId === this.targetId;
    const { name, code } = netErrorOf(String(params['errorText']));
    if (name.startsWith('ERR_CERT_'))
      for (const listener of certificateListeners) listener(this.facade, document.url, `net::${name}`);
    if (isMainFrame) this.#isProgrammatic = false;
    const routingId = this.#frames.get(document.frameId)?.routingId ?? 0;
    this.emitter.emit('did-fail-provisional-load', {}, code, name, document.url, isMainFrame, 1, routingId);
    this.emitter.emit('did-fail-load', {}, code, name, document.url, isMainFrame, 1, routingId);
  }

  // --- what the page says --------------------------------------------------------------------------------------

  #onBinding(params: Params): void {
    if (params['name'] !== BINDING) return;
    const contextId = Number(params['executionContextId']);
    const frame = [...this.#frames.values()].find((each) => each.contextId === contextId);
    if (frame === undefined) return;
    const message = JSON.parse(String(params['payload'])) as FromPage;
    switch (message.kind) {
      case 'invoke':
        void this.#invoke(frame, message);
        break;
      case 'send':
        dispatchSend(this.senderOf(frame), message.channel, decodeArgs(message.args));
        break;
      case 'title':
        this.#onTitle(message.title);
        break;
      case 'permission':
        void this.partition
          .askPermission(this, message.name, frame.url, frame.id === this.targetId)
          .then((isGranted) => this.#deliver(frame, { kind: 'permission', id: message.id, isGranted }));
        break;
      case 'preload-error': {
        const error = Object.assign(new Error(message.message), { stack: message.stack });
        console.error('Unable to load preload script:', this.webPreferences.preload, error);
        this.emitter.emit('preload-error', {}, this.webPreferences.preload, error);
      }
    }
  }

  async #invoke(
    frame: FrameNode,
    { id, channel, args }: Extract<FromPage, { kind: 'invoke' }>,
  ): Promise<void> {
    const { contextId } = frame;
    try {
      const value = await dispatchInvoke(this.senderOf(frame), channel, decodeArgs(args));
      const answer = nodeCodec.encode(value);
      // A document that is gone waits for nothing.
      if (frame.contextId === contextId) this.#deliver(frame, { kind: 'answer', id, value: answer });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (frame.contextId === contextId) this.#deliver(frame, { kind: 'rejection', id, message });
    }
  }

  #onTitle(title: string): void {
    this.#title = title;
    const event = cancellable({});
    this.emitter.emit('page-title-updated', event, title, true);
    if (!event.defaultPrevented) this.#owner.onTitle(title);
  }

  // --- what the application may do with it ---------------------------------------------------------------------

  #makeFacade(): Electron.WebContents {
    const { id, partition } = this;
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment -- getters have a `this` of their own
    const contents = this;
    const members = {
      id,
      get mainFrame(): Electron.WebFrameMain {
        const main = contents.mainFrame();
        // Electron has a frame from the start.
        return (
          main ??
          makeFrame({ node: () => undefined, children: () => [], sendTo: () => undefined }, 'none', {})
        ).facade;
      },
      session: partition.facade,
      getURL: () => this.mainFrameUrl.replace(/^about:blank$/, ''),
      getTitle: () => this.#title,
      getType: () => 'window',
      isDestroyed: () => this.isDestroyed,
      isLoading: () => this.#isLoading,
      isLoadingMainFrame: () => this.#isLoading,
      isCrashed: () => false,
      isFocused: () => true,
      focus: () => undefined,
      close: () => this.#owner.closeWindow(),
      loadURL: (url: string) => this.load(url),
      loadFile: (path: string) => this.load(`file://${path}`),
      reload: () => {
        this.#isProgrammatic = true;
        void this.#ready.then(() => this.attempt('Page.reload'));
      },
      stop: () => void this.attempt('Page.stopLoading'),
      send: (channel: string, ...args: unknown[]) => this.send(channel, args),
      setWindowOpenHandler: (handler: OpenHandler) => {
        this.#openHandler = handler;
      },
      setBackgroundThrottling: () => undefined,
      setVisualZoomLevelLimits: () => Promise.resolve(),
      setUserAgent: (userAgent: string) => this.useUserAgent(userAgent),
      getUserAgent: () => this.#userAgent ?? partition.facade.getUserAgent(),
      setWebRTCIPHandlingPolicy: () => undefined,
      setAudioMuted: () => undefined,
      executeJavaScript: async (code: string): Promise<unknown> => {
        await this.#ready;
        const reply = await this.attempt('Runtime.evaluate', {
          expression: code,
          awaitPromise: true,
          returnByValue: true,
        });
        if (reply?.['exceptionDetails'] !== undefined) throw new Error('Script failed to execute');
        return (reply?.['result'] as { value?: unknown } | undefined)?.value;
      },
    } satisfies Partial<Electron.WebContents>;
    return emittingFacade('webContents', this.emitter, EVENTS, members) as unknown as Electron.WebContents;
  }
}

function decodeArgs(args: string): readonly unknown[] {
  return nodeCodec.decode(args) as unknown[];
}

export const webContents = {
  getAllWebContents: () => [...all.values()].map(({ facade }) => facade),
  fromId: (id: number) => all.get(id)?.facade,
  getFocusedWebContents: () => null,
} satisfies Partial<typeof Electron.webContents>;
