import { chmodSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type electronLog from 'electron-log/node';
import type { LogFields, Logger } from '../core/ports.ts';
import { scrub } from '../core/scrub.ts';
import type { Settings } from '../core/settings.ts';
import { homePaths } from './paths.ts';

/** One file for each kind of process. */
export const LOG_KINDS = ['cli', 'daemon', 'tray'] as const;
export type LogKind = (typeof LOG_KINDS)[number];

/** How many rotated files of a kind are kept beside the current one. */
export const KEPT_LOGS = 3;

const PRIVATE_FILE = 0o600;

type Level = keyof Logger;
type ElectronLog = typeof electronLog;

export interface LoggerOptions {
  readonly home: string;
  readonly kind: LogKind;
  /** `false`: there is no file. */
  readonly level: Settings['log']['level'] | false;
  readonly maxBytes: number;
  /** Everything, down to `debug`, on stderr too. */
  readonly verbose: boolean;
}

/** The log file of a kind: the current one, or the `age`-th rotated one. */
export function logFile(home: string, kind: LogKind, age = 0): string {
  return join(homePaths(home).logs, age === 0 ? `${kind}.log` : `${kind}.${age}.log`);
}

/** A {@link Logger} whose file follows the settings. */
export interface FileLogger extends Logger {
  adopt(settings: Settings['log']): void;
}

/**
 * A {@link Logger} that writes `TIME LEVEL EVENT key=value…` lines to a file that only its owner reads, rotated
 * by size. A log that cannot be written is said on stderr, and stops nobody.
 */
export function createLogger(initial: LoggerOptions): FileLogger {
  let options = initial;
  let log: ElectronLog | undefined;
  // electron-log costs as much as the rest of a short command: it is loaded by the first line written.
  const write = (level: Level, event: string, fields: LogFields) => {
    log ??= openElectronLog(options);
    log[level](event, ...formatFields(fields));
  };
  return {
    debug: (event, fields = {}) => write('debug', event, fields),
    info: (event, fields = {}) => write('info', event, fields),
    warn: (event, fields = {}) => write('warn', event, fields),
    error: (event, fields = {}) => write('error', event, fields),
    adopt({ level, maxBytes }) {
      options = { ...options, level, maxBytes };
      // The next line opens it under the new settings.
      log = undefined;
    },
  };
}

function openElectronLog({ home, kind, level, maxBytes, verbose }: LoggerOptions): ElectronLog {
  const path = logFile(home, kind);
  if (level !== false) makePrivate(homePaths(home).logs, path);

  const library: ElectronLog = createRequire(import.meta.url)('electron-log/node');
  const log = library.create({ logId: path });
  const { console, file } = log.transports;
  // In Electron it would send every line to the windows, as it was before it was scrubbed.
  Object.assign(log.transports, { ipc: null });

  const transforms: typeof file.transforms = [
    ({ data, message }) => formatLine(message.date, message.level, data),
    // Last, so that nothing is put together after it.
    ({ data }) => scrub(String(data)),
  ];
  Object.assign(file, {
    level,
    transforms,
    maxSize: maxBytes,
    resolvePathFn: () => path,
    writeOptions: { flag: 'a', mode: PRIVATE_FILE, encoding: 'utf8' },
    archiveLogFn: () => rotate(home, kind, maxBytes),
  } satisfies Partial<typeof file>);
  // Without a name electron-log looks for a package.json, and drops every line where it finds none.
  file.setAppName('Jeton');

  Object.assign(console, {
    level: verbose ? 'debug' : false,
    transforms,
    writeFn: writeToStderr,
  } satisfies Partial<typeof console>);
  // Where electron-log says that it cannot write a file: in one line, without a stack.
  Object.assign(library.transports.console, {
    transforms: [({ data }) => data.map(String).join(' ')],
    writeFn: writeToStderr,
  } satisfies Partial<typeof console>);
  return log;
}

/** electron-log's own writes `info` and `debug` to stdout, which belongs to the command's result. */
function writeToStderr({ message }: { message: { data: unknown } }): void {
  process.stderr.write(`${String(message.data)}\n`);
}

/** `2026-01-31T08:00:00.000Z info  renewed id=local:1 durationMs=120` */
function formatLine(date: Date, level: string, words: readonly unknown[]): string {
  return [date.toISOString(), level.padEnd(5), ...words].join(' ');
}

function formatFields(fields: LogFields): string[] {
  return Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${formatValue(String(value))}`],
  );
}

/** Quoted as JSON where it would not read as one word; an entry never spans lines. */
function formatValue(value: string): string {
  if (/^[^\s"'\\\p{C}]+$/u.test(value)) return value;
  return JSON.stringify(value).replaceAll(/[\u007f-\u009f\u2028\u2029]/g, ' ');
}

function makePrivate(folder: string, path: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(path, PRIVATE_FILE);
  } catch {
    // No such file yet, or one that cannot be written either: electron-log says so.
  }
}

function rotate(home: string, kind: LogKind, maxBytes: number): void {
  const size = statSync(logFile(home, kind), { throwIfNoEntry: false })?.size ?? 0;
  // electron-log counts what this process wrote; another one may have rotated the file meanwhile.
  if (size <= maxBytes) return;
  for (let age = KEPT_LOGS; age > 0; age--) {
    try {
      renameSync(logFile(home, kind, age - 1), logFile(home, kind, age));
    } catch {
      // Not there yet, or held open by somebody (Windows): the next line tries again.
    }
  }
}
