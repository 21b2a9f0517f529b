import { resolve } from 'node:path';
import { z } from 'zod';
import { JetonError } from '../../core/errors.ts';
import {
  type KeptIntegration,
  lossOf,
  type RestoreLoss,
  restoreStore,
  storeFilesIn,
} from '../../node/database/recovery.ts';
import { prepareHome } from '../../node/paths.ts';
import { requireConsent } from '../consent.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isoOrNull, nameCell } from '../present.ts';

export async function run(context: Context, options: unknown): Promise<ExitCode> {
  const { home, output, messages } = context;
  const { t } = messages;
  const { from, yes } = z
    .object({ from: z.string().min(1).optional(), yes: z.boolean().default(false) })
    .parse(options);
  prepareHome(home);
  const { store, backups } = storeFilesIn(home);
  const source = from === undefined ? backups.find(({ state }) => state === 'sound')?.file : resolve(from);
  if (source === undefined) throw new JetonError('store-backup-missing', { file: store.file });

  const loss = lossOf(home, source);
  const warnings = lossLines(loss, context);
  if (!yes) for (const line of warnings) output.note(line);
  const state = t(`store.state.${store.state}`);
  const question = t('store.restore.confirm', { source, file: store.file, state });
  await requireConsent(yes, question, t('store.yes-needed'), context);
  const aside = restoreStore(home, source);

  const namesOf = (rows: readonly KeptIntegration[]) => rows.map(({ id, name }) => ({ id, name }));
  output.result(
    {
      restored: source,
      setAside: aside ?? null,
      newestAt: isoOrNull(loss.newestAt),
      isLossKnown: loss.isKnown,
      replaced: namesOf(loss.replaced),
      added: namesOf(loss.added),
    },
    [
      t('store.restored', { source }),
      ...(aside === undefined ? [] : [t('store.kept', { file: aside })]),
      ...(yes ? warnings : []),
      t('store.restored.next'),
    ],
  );
  return EXIT.ok;
}

/** What is lost, and what a person has to do about it. */
function lossLines(
  { newestAt, replaced, added, isKnown }: RestoreLoss,
  { messages: { t }, times }: Context,
): string[] {
  const listed = (rows: readonly KeptIntegration[]): string =>
    rows.map(({ id, name }) => `${nameCell(name)} (${id})`).join(', ');
  const when = newestAt === undefined ? t('time.unknown') : times.both(newestAt);
  return [
    t('store.loss', { when }),
    ...(added.length === 0 ? [] : [t('store.loss.added', { names: listed(added) })]),
    ...(replaced.length === 0
      ? []
      : [
          t(isKnown ? 'store.loss.replaced' : 'store.loss.maybe-replaced', { names: listed(replaced) }),
          t('store.loss.replaced.remedy'),
        ]),
    ...(isKnown ? [] : [t('store.loss.unknown')]),
  ];
}
