import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export function run(context: Context): Promise<ExitCode> {
  return withEngine(context, {}, async ({ home }) => {
    await home.pauseStore.save(undefined);
    context.output.result({ paused: false }, [context.messages.t('pause.over')]);
    return EXIT.ok;
  });
}
