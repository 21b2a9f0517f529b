import { isFirstRun } from '../../node/first-run.ts';
import { explain } from '../../shared/messages/words.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { noteLines } from '../present.ts';

export async function run(context: Context): Promise<ExitCode> {
  const { output, messages } = context;
  const { t, find } = messages;
  if (isFirstRun(context.home, context.env)) {
    output.result({ state: 'missing', keySource: null, problem: null }, [t('vault.missing')]);
    return EXIT.vault;
  }
  return withEngine(context, {}, async ({ home }) => {
    const { state, keySource, problem, canInit } = await home.vault.status();
    const source = find(`key-source.${keySource}`) ?? keySource;
    const explanation = problem === undefined ? undefined : explain(problem, messages);
    output.result({ state, keySource, problem: explanation ?? null }, [
      state === 'missing' ? t('vault.missing') : t(`vault.${state}`, { source }),
      ...(canInit ? [t('vault.missing.can-init', { source })] : []),
      ...(explanation === undefined ? [] : noteLines(explanation, context)),
    ]);
    return state === 'ready' ? EXIT.ok : EXIT.vault;
  });
}
