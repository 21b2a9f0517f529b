import { z } from 'zod';
import { JetonError } from '../../core/errors.ts';
import { findTarget } from '../../core/export/find-target.ts';
import type { TargetRecord } from '../../core/export/target.ts';
import { type Checkup, checkTarget } from '../../node/reports/checkup.ts';
import { checkupDocument, checkupLines, exitCodeOfCheckup } from '../checkup.ts';
import { type Composition, withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { type ExitCode, worstOf } from '../exit-codes.ts';
import { ensureHostKey } from '../host-key.ts';

export function run(context: Context, options: unknown, argument: unknown[]): Promise<ExitCode> {
  const { output, messages } = context;
  const { acceptHostKey } = z.object({ acceptHostKey: z.string().optional() }).parse(options);
  const [name] = z.tuple([z.string().optional()]).parse(argument);
  return withEngine(context, {}, async (composition) => {
    const { home } = composition;
    const records =
      name === undefined ? await home.targetStore.list() : [await findTarget(home.targetStore, name)];
    const checkups: Checkup[] = [];
    for (const record of records) {
      output.progress(messages.t('check.progress', { name: record.target.name }));
      checkups.push(await checkReached(record, acceptHostKey, composition, context));
    }
    const document = checkups.map((checkup) => checkupDocument(checkup, context));
    const lines = checkups.flatMap((checkup, index) => [
      ...(index === 0 ? [] : ['']),
      ...checkupLines(checkup, context),
    ]);
    output.result({ targets: document }, records.length === 0 ? [messages.t('target.none')] : lines);
    return worstOf(checkups.map(exitCodeOfCheckup));
  });
}

/** A machine that Jeton does not know yet is first shown to the person. */
export async function checkReached(
  record: TargetRecord,
  acceptHostKey: string | undefined,
  { engine }: Composition,
  context: Context,
): Promise<Checkup> {
  try {
    await ensureHostKey(record.target, acceptHostKey, context);
  } catch (error) {
    if (error instanceof JetonError) return { kind: 'unreachable', record, error };
    throw error;
  }
  return checkTarget(record, engine, context.home);
}
