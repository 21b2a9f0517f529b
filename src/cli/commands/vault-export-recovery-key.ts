import { z } from 'zod';
import { writeNewFile } from '../../node/write-new-file.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';

export async function run(context: Context, options: unknown): Promise<ExitCode> {
  const { input, output, messages } = context;
  const { t } = messages;
  const { out } = z.object({ out: z.string().optional() }).parse(options);
  if (out === undefined) {
    const isAsked = input.isTerminal && output.isTerminal && !output.json;
    if (!isAsked || !(await input.confirm(t('vault.export.confirm')))) {
      throw new UsageError(t('vault.export.refused'), t('vault.export.how'));
    }
  }
  return withEngine(context, {}, async ({ home }) => {
    const recoveryKey = await home.vault.exportRecoveryKey();
    if (out === undefined || out === '-') {
      const key = recoveryKey.reveal();
      output.result({ recoveryKey: key }, [key]);
    } else {
      writeNewFile(out, recoveryKey);
      output.result({ path: out }, [t('vault.exported', { path: out })]);
    }
    return EXIT.ok;
  });
}
