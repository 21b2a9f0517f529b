/**
 * https://www.electronjs.org/docs/latest/api/web-contents: a page of Chromium's, from its making to its end. Each of its
 * rooms has a file: navigation-gate, document-loads, pop-ups, frame-tree, page-messages, request-pipeline.
 */
import type Electron from 'electron';
import type { DevTools, Params } from './cdp.ts';
import { chromium, type AttachedPage } from './chromium.ts';
import { DocumentLoads, loadFailure } from './document-loads.ts';
import { emitterOf } from './events.ts';
import { cancellable, NotImplemented } from './facade.ts';
import { FrameTree } from './frame-tree.ts';
import type { FrameNode } from './frames.ts';
import type { Sender } from './ipc-main.ts';
import type { LivePage } from './live-page.ts';
import { NavigationGate } from './navigation-gate.ts';
import { PageMessages } from './page-messages.ts';
import { ISOLATED_WORLD } from './page-scripts.ts';
import { setupOf } from './page-setup.ts';
import { PopUps, type ChildRequest, type OpenHandler } from './pop-ups.ts';
import { RequestPipeline } from './request-pipeline.ts';
import { toChromium } from './scheme-origins.ts';
import type { Partition } from './session.ts';
import { webContentsFacade } from './web-contents-facade.ts';

export interface ContentsOwner {
  readonly openChild: (request: ChildRequest) => Electron.BrowserWindow;
  readonly onFirstPaint: () => void;
  readonly onChange: () => void;
  /** The page is gone, by whomever. */
  readonly onGone: () => void;
  readonly closeWindow: () => void;
}

const all = new Map<number, Contents>();
const createdListeners: ((contents: Electron.WebContents) => void)[] = [];
const certificateListeners: ((contents: Electron.WebContents, url: string, error: string) => void)[] = [];
let lastId = 0;
let media: Params = {};
let network = networkOf(true);

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

/** Network.emulateNetworkConditions */
function networkOf(isOnline: boolean): Params {
  return { offline: !isOnline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
}

/** Whether pages, those to come included, reach any server; what the application answers itself they do. */
export async function emulateNetwork(isOnline: boolean): Promise<void> {
  network = networkOf(isOnline);
  await Promise.all([...all.values()].map((contents) => contents.emulateNetwork()));
}

export class Contents implements LivePage {
  readonly id = ++lastId;
  readonly webContents: Electron.WebContents;
  readonly partition: Partition;
  readonly webPreferences: Electron.WebPreferences;
  readonly emitter = emitterOf<Electron.WebContents>();
  readonly frames = new FrameTree((frame, channel, args) => this.#messages.send(frame, channel, args));
  /** When its page is there, and set up. */
  readonly ready: Promise<void>;
  isDestroyed = false;
  title = '';
  userAgent: string | undefined;
  readonly #owner: ContentsOwner;
  readonly #gate = new NavigationGate(this);
  readonly #loads: DocumentLoads;
  readonly #messages = new PageMessages(this, (title) => this.#onTitle(title));
  readonly #popUps: PopUps;
  readonly #requests: RequestPipeline;
  #devTools: DevTools | undefined;
  #sessionId = '';

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
    this.#popUps = new PopUps(this, owner.openChild);
    this.#loads = new DocumentLoads(this, {
      onFirstPaint: owner.onFirstPaint,
      onChange: owner.onChange,
      onSettled: () => {
        this.#gate.isProgrammatic = false;
      },
      onCertificateError: (url, error) => {
        for (const listener of certificateListeners) listener(this.webContents, url, error);
      },
    });
    this.#requests = new RequestPipeline(partition, {
      id: this.id,
      isMainFrame: (frameId) => this.frames.isMain(frameId),
      send: (method, params) => this.attempt(method, params),
      mayNavigate: (navigation) => this.#gate.mayNavigate(navigation),
    });
    this.webContents = webContentsFacade(this, owner.closeWindow);
    all.set(this.id, this);
    partition.pages.add(this);
    this.ready = attach().then((page) => this.#attached(page));
    this.ready.catch(() => this.gone());
    // While the window is being made, as in Electron: lib/browser/api/web-contents, at the end of its `_init`.
    for (const listener of createdListeners) listener(this.webContents);
  }

  /** Chromium's name of the page; empty until it is there. */
  get targetId(): string {
    return this.frames.mainId;
  }

  get mainFrameUrl(): string {
    return this.frames.main?.url ?? '';
  }

  get isLoading(): boolean {
    return this.#loads.isLoading;
  }

  owns(frameId: string): boolean {
    return this.frames.has(frameId);
  }

  async attempt(method: string, params: Params = {}): Promise<Params | undefined> {
    return this.#devTools?.attempt(method, params, this.#sessionId);
  }

  useUserAgent(userAgent: string): void {
    this.userAgent = userAgent;
    void this.ready.then(() => this.attempt('Network.setUserAgentOverride', { userAgent }));
  }

  useOpenHandler(handler: OpenHandler): void {
    this.#popUps.handler = handler;
  }

  emulateMedia(): void {
    void this.attempt('Emulation.setEmulatedMedia', media);
  }

  async emulateNetwork(): Promise<void> {
    await this.attempt('Network.emulateNetworkConditions', network);
  }

  /** A page that has it is a visible one, whatever becomes of its window. */
  async emulateFocus(enabled: boolean): Promise<void> {
    await this.attempt('Emulation.setFocusEmulationEnabled', { enabled });
  }

  async load(address: string): Promise<void> {
    await this.ready;
    this.#gate.isProgrammatic = true;
    const finished = this.#loads.next();
    const reply = await this.attempt('Page.navigate', { url: toChromium(address) });
    const failure = reply?.['errorText'];
    if (reply !== undefined && typeof failure !== 'string') return finished;
    this.#gate.isProgrammatic = false;
    throw loadFailure(failure, address);
  }

  async reload(): Promise<void> {
    this.#gate.isProgrammatic = true;
    await this.ready;
    await this.attempt('Page.reload');
  }

  async evaluate(expression: string): Promise<unknown> {
    await this.ready;
    const reply = await this.attempt('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (reply?.['exceptionDetails'] !== undefined) throw new Error('Script failed to execute');
    return (reply?.['result'] as { value?: unknown } | undefined)?.value;
  }

  send(channel: string, args: readonly unknown[]): void {
    const { main } = this.frames;
    if (main !== undefined) this.#messages.send(main, channel, args);
  }

  senderOf(frame: FrameNode | undefined): Sender {
    return this.#messages.senderOf(frame);
  }

  adopt(popup: AttachedPage): boolean {
    return this.#popUps.adopt(popup);
  }

  async destroy(): Promise<void> {
    if (this.isDestroyed) return;
    this.gone();
    // A page that is still being made is closed when it is there.
    await this.ready.catch(() => undefined);
    await this.#devTools?.attempt('Target.closeTarget', { targetId: this.targetId });
  }

  gone(): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    all.delete(this.id);
    this.partition.pages.delete(this);
    this.frames.end();
    this.emitter.emit('destroyed');
    this.#owner.onGone();
  }

  async #attached({ targetId, sessionId }: AttachedPage): Promise<void> {
    const browser = await chromium();
    const { devTools } = browser;
    this.#devTools = devTools;
    this.#sessionId = sessionId;
    this.frames.mainId = targetId;
    this.frames.node(targetId);
    devTools.listen(sessionId, (method, params) => this.#onEvent(method, params));
    browser.whenGone(sessionId, () => {
      devTools.forget(sessionId);
      this.gone();
    });
    const setup = setupOf({
      preload: this.webPreferences.preload,
      userAgent: this.userAgent ?? this.partition.userAgent,
      media,
      network,
    });
    await Promise.all(setup.map(([method, params]) => devTools.attempt(method, params, sessionId)));
    this.#owner.onChange();
  }

  #onTitle(title: string): void {
    this.title = title;
    this.emitter.emit('page-title-updated', cancellable({}), title, true);
  }

  /** What Chromium tells goes to whom it concerns. */
  #onEvent(method: string, params: Params): void {
    switch (method) {
      case 'Fetch.requestPaused':
        void this.#requests.onPaused(params);
        break;
      case 'Runtime.executionContextCreated':
        this.#onContext(params);
        break;
      case 'Runtime.executionContextsCleared':
        this.frames.forgetContexts();
        break;
      case 'Runtime.bindingCalled':
        this.#messages.onBinding(params);
        break;
      case 'Page.frameAttached':
        this.frames.node(String(params['frameId']), { parentId: String(params['parentFrameId']) });
        break;
      case 'Page.frameDetached':
        if (params['reason'] !== 'swap') this.frames.detach(String(params['frameId']));
        break;
      case 'Page.frameNavigated':
        this.#loads.onNavigated(params);
        break;
      case 'Page.navigatedWithinDocument':
        this.#loads.onNavigatedInPage(params);
        break;
      case 'Page.frameRequestedNavigation':
        this.#gate.onRequested(params);
        break;
      case 'Page.windowOpen':
        this.#popUps.onWindowOpen(params);
        break;
      case 'Page.domContentEventFired':
        this.#loads.onDomReady();
        break;
      case 'Page.loadEventFired':
        this.#loads.onLoaded();
        break;
      case 'Page.frameStartedLoading':
        this.#loads.onLoading(params, true);
        break;
      case 'Page.frameStoppedLoading':
        this.#loads.onLoading(params, false);
        break;
      case 'Network.requestWillBeSent':
        this.#requests.onWillBeSent(params);
        this.#loads.onRequest(params);
        break;
      case 'Network.responseReceived':
        this.#requests.onResponse(params);
        this.#loads.onResponse(params);
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
        this.#loads.onFailed(params);
        break;
      case 'Inspector.targetCrashed':
        this.emitter.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 });
    }
  }

  #onContext(params: Params): void {
    const context = params['context'] as { id: number; name: string; auxData: { frameId: string } };
    if (context.name === ISOLATED_WORLD) this.frames.node(context.auxData.frameId).contextId = context.id;
  }
}

export const webContents = {
  getAllWebContents: () => [...all.values()].map((contents) => contents.webContents),
  fromId: (id: number) => all.get(id)?.webContents,
  getFocusedWebContents: () => null,
} satisfies Partial<typeof Electron.webContents>;
