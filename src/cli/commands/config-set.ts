import { z } from 'zod';
import { prepareHome } from '../../node/paths.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export async function run(context: Context, _: unknown, argument: unknown[]): Promise<ExitCode> {
  const { home, settingsFile, output, messages } = context;
  const [key, text] = z.tuple([z.string(), z.string()]).parse(argument);
  prepareHome(home);
  settingsFile.set(key, text);
  const value = settingsFile.get(key);
  output.result({ key, value }, [messages.t('config.set', { key, value: String(value) })]);
  return EXIT.ok;
}
