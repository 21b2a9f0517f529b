import { JetonError } from '../../core/errors.ts';
import { ensureVault, withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export function run(context: Context): Promise<ExitCode> {
  return withEngine(context, {}, async ({ home }) => {
    const { state, keySource } = await home.vault.status();
    if (state !== 'missing') throw new JetonError('vault-exists');
    await ensureVault(home.vault, context);
    context.output.result({ state: 'ready', keySource }, []);
    return EXIT.ok;
  });
}
