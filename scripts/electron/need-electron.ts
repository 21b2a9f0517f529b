/** For scripts that cannot do without Electron: found, or the person is told why not. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { downloadHost, findElectron } from './find-electron.ts';
import { chooseWords, explain } from './words.ts';

/** What a shell reports of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** A download moves all the time, or has failed: longer than a slow mirror needs to answer, shorter than a coffee. */
const PATIENCE_SECONDS = 20;

/** `undefined` after it was said why, and with which exit code this process ends. */
export async function needElectron(): Promise<string | undefined> {
  const words = chooseWords(process.env);
  const cancel = new AbortController();
  const onSignal = (): void => cancel.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, onSignal);
  let said = -1;
  try {
    const found = await findElectron({
      electronPackage: dirname(fileURLToPath(import.meta.resolve('electron/package.json'))),
      patienceSeconds: PATIENCE_SECONDS,
      signal: cancel.signal,
      onProgress(part) {
        // A terminal's line, rewritten; nobody reads it elsewhere.
        const percent = Math.floor(100 * part);
        if (!process.stderr.isTTY || percent === said) return;
        process.stderr.write(`\r${words.t('downloading', { host: downloadHost(), percent })}`);
        if (percent === 100) process.stderr.write('\n');
        said = percent;
      },
    });
    if (found.kind === 'found') return found.program;
    if (said >= 0 && said < 100) process.stderr.write('\n');
    if (found.kind === 'cancelled') {
      process.exitCode = INTERRUPTED;
      return undefined;
    }
    console.error(explain(words, found));
    process.exitCode = EXIT.machine;
    return undefined;
  } finally {
    for (const signal of signals) process.removeListener(signal, onSignal);
  }
}
