/** The application's tray in the terminal: what it says, and its menu by numbers. */
import { createInterface } from 'node:readline';
import type { ElectronHost } from '../../test/electron-host/host.ts';
import type { HostState, MenuItemState } from '../../test/electron-host/protocol.ts';

interface Choice {
  readonly path: readonly string[];
  readonly item: MenuItemState;
}

function choicesOf(items: readonly MenuItemState[], above: readonly string[] = []): readonly Choice[] {
  return items
    .filter(({ visible, type }) => visible && type !== 'separator')
    .flatMap((item) => {
      const path = [...above, item.label];
      return item.submenu.length > 0 ? choicesOf(item.submenu, path) : [{ path, item }];
    });
}

/** Answers what ends it. */
export function serveTray(host: ElectronHost): () => void {
  let printed = '';
  let told = 0;
  const print = ({ tray, notifications }: HostState): void => {
    for (const { title, body } of notifications.slice(told)) console.log(`\n🔔 ${title}: ${body}`);
    told = notifications.length;
    if (tray === undefined) return;
    const lines = choicesOf(tray.menu ?? []).map(({ path, item }, index) => {
      const number = item.enabled ? String(index + 1).padStart(3) : '   ';
      return `${number}  ${path.join(' › ')}${item.checked ? ' ✓' : ''}`;
    });
    const text = [`\n● ${tray.tooltip}`, ...lines].join('\n');
    if (text !== printed) console.log(text);
    printed = text;
  };
  const unwatch = host.watch(print);
  const input = process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined;
  input?.on('line', (line) => {
    const choice = choicesOf(host.state.tray?.menu ?? [])[Number(line) - 1];
    if (choice !== undefined)
      host.tray.choose(...choice.path).catch((error: unknown) => console.log(String(error)));
  });
  console.log('\nThe tray; type a number and Enter to choose. Ctrl+C quits.');
  return () => {
    unwatch();
    input?.close();
  };
}
