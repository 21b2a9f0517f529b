import { z } from 'zod';
import { chooseHeadlessKey } from '../../node/vault/headless-key.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export async function run(context: Context, options: unknown): Promise<ExitCode> {
  const { env, input, output, messages } = context;
  const { t, find } = messages;
  const headless = chooseHeadlessKey(env);
  if (headless !== undefined) {
    // The keychain is not asked while another source is set: what keeps that one from working is the trouble.
    return withEngine(context, {}, async ({ home }) => {
      await home.vault.ensureReady();
      const source = find(`key-source.${headless.name}`) ?? headless.name;
      output.result({ state: 'ready' }, [t('vault.open-already', { source })]);
      return EXIT.ok;
    });
  }
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
