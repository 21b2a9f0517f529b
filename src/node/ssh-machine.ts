import { posix } from 'node:path';
import { JetonError } from '../core/errors.ts';
import type { Target } from '../core/export/target.ts';
import type { TargetMachine, Timer } from '../core/ports.ts';
import { Docker, DOCKER_FOLDERS } from './docker.ts';
import type { RunCommand } from './run-command.ts';
import { Ssh, SSH_LIMIT_MS, type SshDestination } from './ssh.ts';
import { createRemoteEnvFile, createRemoteSessionFile } from './ssh-files.ts';
import { TIME_ZONE } from './ssh-scripts.ts';

export interface RemoteTarget extends Target {
  readonly ssh: SshDestination;
}

export interface RemoteMachinePorts {
  /** Jeton's. */
  readonly home: string;
  readonly timer: Timer;
  /** Runs the system's ssh. */
  readonly run?: RunCommand;
}

export interface RemoteMachine extends TargetMachine {
  /** Ends the connection, if there is one; a later call of anything makes another. */
  dispose(): Promise<void>;
}

/**
 * A bot on a machine that is reached by ssh. Nothing is connected before it is used; its methods also throw as
 * {@link Ssh} does.
 *
 * @throws JetonError `target-invalid` (`option`, `part`) for paths that are not absolute, or have line breaks.
 */
export function createRemoteMachine(
  target: RemoteTarget,
  { home, timer, run }: RemoteMachinePorts,
): RemoteMachine {
  const { ssh: destination, dir, sudo, mappings, composeFiles, service } = target;
  const envFile = posix.resolve('/', dir, target.envFile);
  if (!posix.isAbsolute(dir) || /[\r\n\0]/.test(envFile)) {
    throw new JetonError('target-invalid', { option: '--dir, --env-file', part: 'dir' });
  }
  const ssh = new Ssh({ ssh: destination, home, ...(run && { run }) });
  return {
    envFile: createRemoteEnvFile({ ssh, path: envFile, timer }),
    sessionFile: createRemoteSessionFile({
      ssh,
      path: posix.join(posix.dirname(envFile), 'session.json'),
      timer,
    }),
    containers: new Docker({
      run: ssh.run,
      folders: DOCKER_FOLDERS.nas,
      sudo,
      timer,
      inspectionLimitMs: SSH_LIMIT_MS,
    }),
    bot: { dir: posix.resolve(dir), composeFiles, service, envFile, keys: mappings.map(({ key }) => key) },
    async timeZone() {
      const { stdout } = await ssh.within((shell) => shell.script(TIME_ZONE, []));
      const [, hours, minutes] = /^([+-]\d\d)(\d\d)\s*$/.exec(stdout.toString()) ?? [];
      return hours === undefined ? undefined : `${hours}:${minutes}`;
    },
    dispose: () => ssh.dispose(),
  };
}
