/** What the scripts of a page and the application say to each other: IPC, titles, permissions, a preload's failure. */
import type { Params } from './cdp.ts';
import { handle } from './control.ts';
import type { FrameNode } from './frames.ts';
import { dispatchInvoke, dispatchSend, type Sender } from './ipc-main.ts';
import type { LivePage } from './live-page.ts';
import { BINDING, DELIVER, nodeCodec, type FromPage, type ToPage } from './page-scripts.ts';

const NEWEST = 20;
const sentAt: number[] = [];
handle('ipc.sent', () => sentAt);

type Message<Kind extends FromPage['kind']> = Extract<FromPage, { kind: Kind }>;

export class PageMessages {
  readonly #page: LivePage;
  readonly #onTitle: (title: string) => void;

  constructor(page: LivePage, onTitle: (title: string) => void) {
    this.#page = page;
    this.#onTitle = onTitle;
  }

  send(frame: FrameNode, channel: string, args: readonly unknown[]): void {
    // Before it is put into a form that crosses, which takes this stand-in far longer than Electron.
    sentAt.push(performance.timeOrigin + performance.now());
    if (sentAt.length > NEWEST) sentAt.shift();
    this.#deliver(frame, { kind: 'message', channel, args: nodeCodec.encode(args) });
  }

  /** As if the message had come from this frame of the page. */
  senderOf(frame: FrameNode | undefined): Sender {
    return {
      webContents: this.#page.webContents,
      frame: frame?.facade ?? null,
      frameId: frame?.routingId ?? -1,
      reply: (channel, args) => {
        if (frame !== undefined) this.send(frame, channel, args);
      },
    };
  }

  onBinding(params: Params): void {
    if (params['name'] !== BINDING) return;
    const frame = this.#page.frames.ofContext(Number(params['executionContextId']));
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
        void this.#permission(frame, message);
        break;
      case 'preload-error':
        this.#preloadError(message);
    }
  }

  #deliver(frame: FrameNode, message: ToPage): void {
    if (frame.contextId === undefined) return;
    void this.#page.attempt('Runtime.evaluate', {
      expression: `${DELIVER}(${JSON.stringify(JSON.stringify(message))})`,
      contextId: frame.contextId,
    });
  }

  async #invoke(frame: FrameNode, { id, channel, args }: Message<'invoke'>): Promise<void> {
    const { contextId } = frame;
    try {
      const value = await dispatchInvoke(this.senderOf(frame), channel, decodeArgs(args), (answer) =>
        nodeCodec.encode(answer),
      );
      // A document that is gone waits for nothing.
      if (frame.contextId === contextId) this.#deliver(frame, { kind: 'answer', id, value });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (frame.contextId === contextId) this.#deliver(frame, { kind: 'rejection', id, message });
    }
  }

  async #permission(frame: FrameNode, { id, question }: Message<'permission'>): Promise<void> {
    const { webContents, partition, frames } = this.#page;
    const asker = { contents: webContents, url: frame.url, isMainFrame: frames.isMain(frame.id) };
    const { name, kind, mediaType } = question;
    const isGranted =
      kind === 'check'
        ? partition.permissions.isGranted(name, asker, mediaType)
        : await partition.permissions.request(name, asker);
    this.#deliver(frame, { kind: 'permission', id, isGranted });
  }

  #preloadError({ message, stack }: Message<'preload-error'>): void {
    const { preload } = this.#page.webPreferences;
    const error = Object.assign(new Error(message), { stack });
    console.error('Unable to load preload script:', preload, error);
    this.#page.emitter.emit('preload-error', {}, preload, error);
  }
}

function decodeArgs(args: string): readonly unknown[] {
  return nodeCodec.decode(args) as unknown[];
}
