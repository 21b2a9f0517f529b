/** `npm start [-- ARGUMENTS]`: the application, from its sources, on the real Electron. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { needElectron } from './electron/need-electron.ts';
import { ensureBuilt } from './ensure-built.ts';

const root = join(import.meta.dirname, '..');

const program = await needElectron();
if (program !== undefined) {
  ensureBuilt('main', 'preload', 'renderer');
  run(program);
}

function run(electron: string): void {
  const application = spawn(electron, [root, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches both from the terminal; this one waits until the application has ended in its own time.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => void application.kill('SIGTERM'));
  application.on('error', ({ message }) => {
    console.error(message);
    process.exitCode = 1;
  });
  application.on('close', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  });
}
