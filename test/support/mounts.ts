import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** A file system of its own at `folder`, e.g. `size=64k`; gone at the end of the test. For root, or with sudo. */
export function mountTmpfs(folder: string, options: string): void {
  mount(['-t', 'tmpfs', '-o', options, 'jeton-test', folder], folder);
}

/** `file` seen at `place` too, as Docker mounts a single file. */
export function mountFile(file: string, place: string): void {
  mount(['--bind', file, place], place);
}

export function makeReadOnly(folder: string): void {
  asRoot(['mount', '-o', 'remount,ro', folder]);
}

function mount(args: readonly string[], place: string): void {
  asRoot(['mount', ...args]);
  onTestFinished(() => asRoot(['umount', place]));
}

function asRoot(command: readonly string[]): void {
  const [program = '', ...args] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
  execFileSync(program, args);
}
