import { z } from 'zod';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export async function run(
  { settingsFile, output }: Context,
  _: unknown,
  argument: unknown[],
): Promise<ExitCode> {
  const [key] = z.tuple([z.string()]).parse(argument);
  const value = settingsFile.get(key);
  output.result({ key, value }, [String(value)]);
  return EXIT.ok;
}
