import { homedir } from 'node:os';
import { JetonError } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';
import { resolveHome } from '../node/paths.ts';
import type { SettingsFile } from '../node/settings-file.ts';
import { openSettingsFile } from '../node/settings-file.ts';
import type { Messages } from '../shared/messages/messages.ts';
import type { Times } from '../shared/messages/times.ts';
import { createTimes } from '../shared/messages/times.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';
import { Input } from './secret-input.ts';

/** What every command is given. Nothing in it is open: a command opens what it needs, through compose.ts. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly messages: Messages;
  readonly output: Output;
  readonly input: Input;
  readonly verbose: boolean;
  /** Throws `home-unusable` where nothing names a folder. */
  readonly home: string;
  readonly settingsFile: SettingsFile;
  /** Throws `settings-invalid` or `file-unreadable`. */
  readonly settings: Settings;
  readonly times: Times;
  /** The same under other settings, in their language unless somebody asked for another. */
  under(settings: Settings): Promise<Context>;
}

/** A command's options and arguments are what commander made of argv: unknown until the command's schema took them. */
export interface CommandModule {
  run(context: Context, options: unknown, argument: unknown[]): Promise<ExitCode>;
}

export interface ContextOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly messages: Messages;
  /** The words of a language setting. */
  readonly messagesFor: (setting: Settings['language'] | undefined) => Promise<Messages>;
  readonly output: Output;
  readonly verbose: boolean;
  /** `--home`. */
  readonly home: string | undefined;
  /** As they were read to know the language; `undefined` where they could not be, or need not. */
  readonly settings: Settings | undefined;
}

export function createContext(options: ContextOptions): Context {
  const { env, messages, output, verbose, home, settings } = options;
  let settingsFile: SettingsFile | undefined;
  return {
    env,
    messages,
    output,
    verbose,
    input: new Input(messages, env),
    get home() {
      return chosenHome(home, env);
    },
    get settingsFile() {
      settingsFile ??= openSettingsFile(this.home, env);
      return settingsFile;
    },
    get settings() {
      return settings ?? this.settingsFile.read();
    },
    get times() {
      return createTimes(messages, Date.now());
    },
    async under(other) {
      return createContext({
        ...options,
        settings: other,
        messages: await options.messagesFor(other.language),
      });
    },
  };
}

/** Throws `usage` for an empty `--home`, else as {@link resolveHome} does. */
export function chosenHome(explicit: string | undefined, env: NodeJS.ProcessEnv): string {
  if (explicit?.trim() === '') {
    throw new JetonError('usage', { option: '--home', value: '', expected: 'DIR' });
  }
  const { platform } = process;
  return resolveHome({ explicit, env, platform, homedir: homedir(), cwd: process.cwd() });
}
