import { resolve } from 'node:path';
import { z } from 'zod';
import { JetonError } from '../../core/errors.ts';
import { type KeptIntegration, lossOf, restoreStore, storeFilesIn } from '../../node/database/recovery.ts';
import { prepareHome } from '../../node/paths.ts';
import { lossWords } from '../../node/reports/store-loss.ts';
import { requireConsent } from '../consent.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isoOrNull } from '../present.ts';

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
  const warnings = lossWords(loss, context);
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
