import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Display {
  readonly env: { readonly DISPLAY: string };
  stop(): Promise<void>;
}

/** A screen that nobody looks at, on a number that is free. */
export async function startDisplay(): Promise<Display> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const ended = once(server, 'close');
  const [line] = await Promise.race([
    once(server.stdio[3]!, 'data'),
    ended.then(() => Promise.reject(new Error('Xvfb did not start'))),
  ]);
  return {
    env: { DISPLAY: `:${String(line).trim()}` },
    async stop() {
      server.kill();
      await ended;
    },
  };
}
