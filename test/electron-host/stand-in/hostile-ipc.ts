/** What a test sends in the name of a page: https://www.electronjs.org/docs/latest/tutorial/security#17-validate-the-sender-of-all-ipc-messages */
import type { HostileIpc } from '../protocol.ts';
import { handle } from './control.ts';
import { makeFrame, type FrameNode } from './frames.ts';
import { dispatchInvoke, dispatchSend, type Sender } from './ipc-main.ts';
import type { Contents } from './web-contents.ts';
import { desktopWindow, desktopWindows } from './window-registry.ts';

handle('ipc.send', async ({ kind, channel, args, frame, windowId }) => {
  const desktop = windowId === undefined ? desktopWindows()[0] : desktopWindow(windowId);
  if (desktop === undefined) throw new Error('no window to send from');
  const sender = forgedSender(desktop.contents, frame);
  // What arrives was cloned, whoever sent it.
  const values = structuredClone(args);
  if (kind === 'send') {
    dispatchSend(sender, channel, values);
    return { kind: 'answered', value: undefined };
  }
  try {
    return { kind: 'answered', value: await dispatchInvoke(sender, channel, values, structuredClone) };
  } catch (error) {
    return { kind: 'rejected', message: error instanceof Error ? error.message : String(error) };
  }
});

function forgedSender(contents: Contents, frame: HostileIpc['frame']): Sender {
  const main = contents.frames.main;
  if (frame.kind === 'own') return contents.senderOf(main);
  if (frame.kind === 'null') return { ...contents.senderOf(undefined), frame: null };
  const nodes = new Map<string, FrameNode>();
  if (main !== undefined) nodes.set(main.id, main);
  const parentId = frame.kind === 'child' ? main?.id : undefined;
  const forged = makeFrame(
    { node: (id) => nodes.get(id), children: () => [], sendTo: () => undefined },
    'forged',
    { url: frame.url, parentId },
  );
  return contents.senderOf(forged);
}
