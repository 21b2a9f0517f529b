import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { globalOption } from './arguments.ts';
import { resolveHome } from '../node/paths.ts';

/**
 * Compiling is half of a short command: its result is kept. Inside the home, because whoever can write to that
 * folder decides what runs; and only in one that is there, so that a first look leaves nothing behind.
 */
export async function start(): Promise<void> {
  const argv = process.argv.slice(2);
  try {
    const { env, platform } = process;
    const explicit = globalOption(argv, '--home');
    const home = resolveHome({ explicit, env, platform, homedir: homedir(), cwd: process.cwd() });
    if (existsSync(home)) enableCompileCache(join(home, 'cache'));
  } catch {
    // What is wrong with the home is said when the command needs it.
  }
  // Before any schema is made.
  (await import('./interpret-schemas.ts')).interpretSchemas();
  const { main } = await import('./main.ts');
  // Whoever reads us may have seen enough: `jeton logs | head`.
  process.stdout.on('error', () => process.exit());
  process.exitCode = await main(argv);
  // A keychain that does not answer keeps a thread, and with it the process, waiting.
  process.stdout.write('', () => process.exit());
  const { leaveUnanswered } = await import('../node/vault/keychain.ts');
  leaveUnanswered();
}
