import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findIntegration, givenId } from '../integration-argument.ts';
import { nameCell } from '../present.ts';

export function run(context: Context, options: unknown, argument: unknown[]): Promise<ExitCode> {
  const given = givenId(options, argument, context);
  return withEngine(context, {}, async ({ engine }) => {
    const { id, name } = findIntegration(given, await engine.snapshot(), context);
    await engine.pause(id);
    context.output.result({ id, name, paused: true }, [
      context.messages.t('pause.paused', { id, name: nameCell(name) }),
    ]);
    return EXIT.ok;
  });
}
