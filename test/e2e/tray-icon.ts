import { basename } from 'node:path';

/** What the icon says, by its file's name, which differs from system to system (src/main/tray.ts). */
export function iconStateOf(path: string): string | undefined {
  return /^tray-(.+?)(?:Template)?\.(?:png|ico)$/.exec(basename(path))?.[1];
}
