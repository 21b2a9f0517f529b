/** The frames of one page, as Chromium tells of them. */
import { makeFrame, type FrameNode, type FrameSource } from './frames.ts';

type SendTo = (frame: FrameNode, channel: string, args: readonly unknown[]) => void;

export class FrameTree {
  /** Chromium's name of the main frame is that of the page. */
  mainId = '';
  readonly #nodes = new Map<string, FrameNode>();
  readonly #sendTo: SendTo;

  constructor(sendTo: SendTo) {
    this.#sendTo = sendTo;
  }

  get main(): FrameNode | undefined {
    return this.#nodes.get(this.mainId);
  }

  get(id: string): FrameNode | undefined {
    return this.#nodes.get(id);
  }

  has(id: string): boolean {
    return this.#nodes.has(id);
  }

  isMain(id: string): boolean {
    return id === this.mainId;
  }

  /** Made where it is not known yet. */
  node(id: string, source: FrameSource = {}): FrameNode {
    const known = this.#nodes.get(id);
    if (known !== undefined) return known;
    const node = makeFrame(
      {
        node: (other) => this.#nodes.get(other),
        children: (parent) => [...this.#nodes.values()].filter(({ parentId }) => parentId === parent),
        sendTo: this.#sendTo,
      },
      id,
      source,
    );
    this.#nodes.set(id, node);
    return node;
  }

  ofContext(contextId: number): FrameNode | undefined {
    return [...this.#nodes.values()].find((node) => node.contextId === contextId);
  }

  forgetContexts(): void {
    for (const node of this.#nodes.values()) node.contextId = undefined;
  }

  detach(id: string): void {
    const node = this.#nodes.get(id);
    if (node === undefined) return;
    node.isGone = true;
    this.#nodes.delete(id);
  }

  /** The document of the main frame is another one. */
  keepOnly(frame: FrameNode): void {
    for (const id of this.#nodes.keys()) if (id !== frame.id) this.detach(id);
  }

  /** The page is gone, and what its frames were is still to be read. */
  end(): void {
    for (const node of this.#nodes.values()) node.isGone = true;
  }
}
