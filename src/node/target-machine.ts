import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { BotTarget } from '../core/export/restart.ts';
import type { Target } from '../core/export/target.ts';
import type { TargetMachine } from '../core/ports.ts';
import { systemTimer } from './clock.ts';
import { Docker, DOCKER_FOLDERS } from './docker.ts';
import { createEnvTarget } from './env-target.ts';
import { runCommand } from './run-command.ts';
import { createSessionFile } from './session-json.ts';

/**
 * Opens nothing before it is used. `home`: Jeton's, for the host keys that were accepted. Throws `target-invalid`
 * for a path that cannot be on the other machine.
 */
export async function openTargetMachine(target: Target, home: string): Promise<TargetMachine> {
  const timer = systemTimer;
  const { ssh } = target;
  if (ssh !== undefined) {
    const { createRemoteMachine } = await import('./ssh-machine.ts');
    return createRemoteMachine({ ...target, ssh }, { home, timer });
  }
  const bot = botOf(target);
  return {
    bot,
    envFile: createEnvTarget({ path: bot.envFile, timer }),
    sessionFile: createSessionFile({ path: resolve(bot.envFile, '..', 'session.json'), timer }),
    containers: new Docker({
      run: runCommand,
      folders: DOCKER_FOLDERS.local(homedir()),
      sudo: target.sudo,
      timer,
    }),
    timeZone: async () => undefined,
    dispose: async () => undefined,
  };
}

/** For one look; nothing is left open. */
export async function withTargetMachine<T>(
  target: Target,
  home: string,
  use: (machine: TargetMachine) => Promise<T>,
): Promise<T> {
  const machine = await openTargetMachine(target, home);
  try {
    return await use(machine);
  } finally {
    await machine.dispose();
  }
}

function botOf(target: Target): BotTarget {
  return {
    dir: target.dir,
    composeFiles: target.composeFiles,
    service: target.service,
    envFile: resolve(target.dir, target.envFile),
    keys: target.mappings.map(({ key }) => key),
  };
}
