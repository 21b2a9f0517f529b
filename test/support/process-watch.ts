import { readdirSync, readFileSync } from 'node:fs';
import type { Place } from './secret-search.ts';

/** Between two looks, milliseconds. */
const EVERY_MS = 10;
/** A process is what it is going to be once it has been seen this often: between fork and exec it looks like its parent. */
const LOOKS_TO_KNOW = 4;

/** What anybody on this machine can see of the processes that belong to one Jeton home, itself and all it starts. */
export interface ProcessWatch {
  /** Every command line and every environment that was seen, each once. */
  readonly argv: readonly Place[];
  readonly environments: readonly Place[];
  stop(): void;
}

/** Processes are told by the home's path, in their environment or their arguments, whoever is their parent. */
export function watchProcesses(home: string): ProcessWatch {
  const argv = new Map<string, Place>();
  const environments = new Map<string, Place>();
  const strangers = new Map<string, number>();

  function look(): void {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
    for (const pid of strangers.keys()) if (!pids.includes(pid)) strangers.delete(pid);
    for (const pid of pids) {
      const seen = strangers.get(pid) ?? 0;
      if (seen >= LOOKS_TO_KNOW) continue;
      const environment = read(`/proc/${pid}/environ`);
      const command = read(`/proc/${pid}/cmdline`);
      if (!environment.includes(home) && !command.includes(home)) {
        strangers.set(pid, seen + 1);
        continue;
      }
      const name = command.toString().replaceAll('\0', ' ').trim();
      argv.set(name, { name: `argv of ${name}`, bytes: command });
      environments.set(environment.toString('latin1'), {
        name: `environment of ${name}`,
        bytes: environment,
      });
    }
  }

  const timer = setInterval(look, EVERY_MS);
  return {
    get argv() {
      return [...argv.values()];
    },
    get environments() {
      return [...environments.values()];
    },
    stop: () => clearInterval(timer),
  };
}

/** Empty for a process that is gone, or another user's. */
function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
