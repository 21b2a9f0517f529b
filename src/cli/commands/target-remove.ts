import { z } from 'zod';
import { JetonError } from '../../core/errors.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** Nothing is lost that a `target add` would not bring back, so nobody is asked. */
export function run(context: Context, _options: unknown, argument: unknown[]): Promise<ExitCode> {
  const [name] = z.tuple([z.string()]).parse(argument);
  return withEngine(context, {}, async ({ home }) => {
    if (!(await home.targetStore.remove(name))) throw new JetonError('target-not-found', { name });
    context.output.result({ name, removed: true }, [context.messages.t('target.removed', { name })]);
    return EXIT.ok;
  });
}
