import { z } from 'zod';
import { JetonError } from '../../core/errors.ts';
import { withEngine } from '../compose.ts';
import { requireConsent } from '../consent.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findIntegration, givenId } from '../integration-argument.ts';
import { nameCell } from '../present.ts';

export function run(context: Context, options: unknown, argument: unknown[]): Promise<ExitCode> {
  const { t } = context.messages;
  const { yes } = z.object({ yes: z.boolean().default(false) }).parse(options);
  const given = givenId(options, argument, context);
  return withEngine(context, {}, async ({ engine }) => {
    const { id, name, source } = findIntegration(given, await engine.snapshot(), context);
    if (source === 'app') throw new JetonError('integration-read-only', { id });
    const shown = { id, name: nameCell(name) };
    await requireConsent(yes, t('remove.confirm', shown), t('usage.yes-needed'), context);
    await engine.remove(id);
    context.output.result({ id, name, removed: true }, [t('remove.removed', shown)]);
    return EXIT.ok;
  });
}
