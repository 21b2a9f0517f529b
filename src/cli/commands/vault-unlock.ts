import { z } from 'zod';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export async function run(context: Context, options: unknown): Promise<ExitCode> {
  const { input, output, messages } = context;
  const { t } = messages;
  const { recoveryKeyFile } = z.object({ recoveryKeyFile: z.string().optional() }).parse(options);
  const recoveryKey = await input.secret({
    label: t('ask.recovery-key'),
    option: '--recovery-key-file',
    file: recoveryKeyFile,
    variable: 'JETON_RECOVERY_KEY',
  });
  return withEngine(context, {}, async ({ home }) => {
    await home.vault.unlock(recoveryKey);
    output.result({ state: 'ready' }, [t('vault.unlocked')]);
    return EXIT.ok;
  });
}
