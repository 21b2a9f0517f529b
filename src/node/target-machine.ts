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

/** Opens nothing before it is used. */
export function openTargetMachine(target: Target): TargetMachine {
  const bot = botOf(target);
  const timer = systemTimer;
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
  };
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
