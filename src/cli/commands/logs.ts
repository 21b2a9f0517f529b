import { follow, readLastLines } from '../../node/log-reader.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { linesWanted } from '../lines-option.ts';
import { stopOnSignals } from '../stop.ts';
import { z } from 'zod';

export async function run({ home, output, messages }: Context, options: unknown): Promise<ExitCode> {
  const { t } = messages;
  const { follow: isFollowing } = z.object({ follow: z.boolean().default(false) }).parse(options);
  const count = linesWanted(options, t);
  if (!isFollowing || output.json) {
    const lines = await readLastLines(home, count);
    output.result({ lines }, lines.length === 0 ? [t('logs.empty')] : lines);
    return EXIT.ok;
  }
  const stop = stopOnSignals(() => {});
  await follow(home, count, output.line, stop.stopping).finally(() => stop.dispose());
  return EXIT.ok;
}
