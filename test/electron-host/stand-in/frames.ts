/** https://www.electronjs.org/docs/latest/api/web-frame-main */
import type Electron from 'electron';
import { emitterOf } from './events.ts';
import { emittingFacade } from './facade.ts';
import { originOf } from './scheme-origins.ts';

export interface FrameNode {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly routingId: number;
  readonly facade: Electron.WebFrameMain;
  url: string;
  name: string;
  /** Execution context of the isolated world; undefined between two documents. */
  contextId: number | undefined;
  isGone: boolean;
}

export interface FrameSource {
  readonly name?: string;
  readonly parentId?: string | undefined;
  readonly url?: string;
}

export interface FrameOwner {
  node(id: string): FrameNode | undefined;
  children(id: string): readonly FrameNode[];
  sendTo(node: FrameNode, channel: string, args: readonly unknown[]): void;
}

let lastRoutingId = 0;

export function makeFrame(
  owner: FrameOwner,
  id: string,
  { parentId, url = '', name = '' }: FrameSource,
): FrameNode {
  const routingId = ++lastRoutingId;
  const parentOf = (): FrameNode | undefined => (parentId === undefined ? undefined : owner.node(parentId));
  const members = {
    get url() {
      return node.url;
    },
    get name() {
      return node.name;
    },
    get origin() {
      return originOf(node.url);
    },
    get parent(): Electron.WebFrameMain | null {
      return parentOf()?.facade ?? null;
    },
    get top(): Electron.WebFrameMain | null {
      return parentOf()?.facade.top ?? node.facade;
    },
    get frames(): Electron.WebFrameMain[] {
      return owner.children(id).map((child) => child.facade);
    },
    get framesInSubtree(): Electron.WebFrameMain[] {
      return [node.facade, ...owner.children(id).flatMap((child) => child.facade.framesInSubtree)];
    },
    get detached() {
      return node.isGone;
    },
    frameToken: id,
    frameTreeNodeId: routingId,
    routingId,
    processId: 1,
    isDestroyed: () => node.isGone,
    send: (channel: string, ...args: unknown[]) => owner.sendTo(node, channel, args),
  } satisfies Partial<Electron.WebFrameMain>;
  const node: FrameNode = {
    id,
    parentId,
    routingId,
    url,
    name,
    contextId: undefined,
    isGone: false,
    facade: emittingFacade(
      'webFrameMain',
      emitterOf<Electron.WebFrameMain>(),
      ['dom-ready'],
      members,
    ) as unknown as Electron.WebFrameMain,
  };
  return node;
}
