import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { JetonError } from '../core/errors.ts';
import { type EnvFileAccess, mergeEnvFile } from '../core/export/env-merge.ts';
import type { EnvFile, EnvFileProblem, EnvFileState, Timer } from '../core/ports.ts';
import { decodeEnv, describeEnv } from './env-text.ts';
import { lockFile } from './file-lock.ts';
import { errnoOf } from './paths.ts';
import { locateFile, probeWriting, readImage, replaceFile, sweepOrphans } from './replace-file.ts';

export interface EnvTargetPorts {
  readonly path: string;
  readonly timer: Timer;
}

/** A `.env` file on this machine. */
export function createEnvTarget({ path, timer }: EnvTargetPorts): EnvFile {
  return {
    inspect: async (settings = []) => inspect(path, settings),
    async merge(values, options = {}) {
      const file = accessTo(locateFile(path), timer);
      const revealed = new Map([...values].map(([key, secret]) => [key, secret.reveal()]));
      return mergeEnvFile(file, revealed, options, timer);
    },
  };
}

function accessTo(path: string, timer: Timer): EnvFileAccess {
  const backup = `${path}.bak`;
  return {
    path,
    backupPath: backup,
    read: async () => decodeEnv(path, readImage(path)?.bytes),
    async readBackup() {
      try {
        return decodeEnv(backup, readImage(backup)?.bytes);
      } catch (cause) {
        if (cause instanceof JetonError) return undefined;
        throw cause;
      }
    },
    async lock() {
      const unlock = await lockFile(path, timer);
      sweepOrphans(path);
      return unlock;
    },
    async replace(text, expected) {
      const before = readImage(path);
      if (decodeEnv(path, before?.bytes) !== expected) return 'changed';
      return replaceFile(path, { content: Buffer.from(text), before, backup });
    },
  };
}

function inspect(path: string, wanted: readonly string[]): EnvFileState {
  try {
    const real = locateFile(path);
    const image = readImage(real);
    const folder = dirname(real);
    const folderObstacle = obstacleTo(folder, () => accessSync(folder, constants.W_OK));
    if (image === undefined) return { kind: 'absent', path: real, obstacle: folderObstacle };
    const { mode, uid, gid } = image.stat;
    return {
      kind: 'present',
      path: real,
      mode: mode & 0o7777,
      uid,
      gid,
      ...describeEnv(decodeEnv(real, image.bytes) ?? '', wanted),
      obstacle: obstacleTo(real, () => probeWriting(real)) ?? folderObstacle,
    };
  } catch (cause) {
    if (!(cause instanceof JetonError)) throw cause;
    const { path: where = path, reason = '' } = cause.details;
    const problem = { code: 'env-file-unreadable', path: String(where), reason: String(reason) } as const;
    return { kind: 'unusable', path, problem };
  }
}

/** Why `path` cannot be written, as far as that can be known without writing. */
function obstacleTo(path: string, probe: () => void): EnvFileProblem | undefined {
  try {
    probe();
    return undefined;
  } catch (cause) {
    return { code: 'env-file-unwritable', path, reason: errnoOf(cause) };
  }
}
