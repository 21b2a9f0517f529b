import { chooseLanguage, LANGUAGES, localeFor } from '../shared/messages/language.ts';
import { loadMessages, type Messages } from '../shared/messages/messages.ts';
import { explain } from '../shared/messages/words.ts';
import { JetonError } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';
import { scrub } from '../core/scrub.ts';
import { openSettingsFile } from '../node/settings-file.ts';
import { globalOption } from './arguments.ts';
import { VERSION } from './compose.ts';
import { chosenHome, createContext } from './context.ts';
import { EXIT, exitCodeFor } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { createOutput } from './output.ts';
import { runProgram } from './program.ts';
import { UsageError } from './usage-error.ts';

/** One command line, from its arguments to its exit code. Never rejects. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  const { env, stdout, stderr } = process;
  const end = argv.indexOf('--');
  const options = end < 0 ? argv : argv.slice(0, end);
  const verbose = options.includes('--verbose') || options.includes('-v');
  const output = createOutput({ json: options.includes('--json'), env, stdout, stderr });
  const explicit = globalOption(argv, '--lang');
  const settings = readSettings(argv, env);
  const messagesFor = (setting: Settings['language'] | undefined): Promise<Messages> => {
    const language = chooseLanguage({ explicit, setting, env });
    return loadMessages(language, localeFor(language, env));
  };
  const messages = await messagesFor(settings?.language);
  let exitCode: ExitCode = EXIT.ok;
  try {
    requireLanguage(argv);
    await runProgram(argv, {
      messages,
      output,
      version: VERSION,
      print: (text) => output.result({ text: text.trimEnd() }, [text.trimEnd()]),
      run: async ({ load }, commandOptions, argument) => {
        const context = createContext({
          env,
          messages,
          messagesFor,
          output,
          verbose,
          settings,
          home: globalOption(argv, '--home'),
        });
        const command = await load?.();
        exitCode = (await command?.run(context, commandOptions, argument)) ?? EXIT.ok;
      },
    });
    return exitCode;
  } catch (thrown) {
    output.progress('');
    if (thrown instanceof UsageError) {
      output.error({ code: 'usage', message: thrown.message, remedy: thrown.remedy });
      return EXIT.usage;
    }
    output.error(explain(thrown, messages));
    if (verbose && thrown instanceof Error && !(thrown instanceof JetonError)) {
      output.note(scrub(thrown.stack ?? thrown.message));
    }
    return exitCodeFor(thrown);
  }
}

/** `undefined` where they cannot be read: that is the command's to say, in the locale's language. */
function readSettings(argv: readonly string[], env: NodeJS.ProcessEnv): Settings | undefined {
  try {
    return openSettingsFile(chosenHome(globalOption(argv, '--home'), env), env).read();
  } catch {
    return undefined;
  }
}

function requireLanguage(argv: readonly string[]): void {
  const value = globalOption(argv, '--lang');
  if (value !== undefined && !LANGUAGES.some((language) => language === value)) {
    throw new JetonError('usage', { option: '--lang', value, expected: LANGUAGES.join(', ') });
  }
}
