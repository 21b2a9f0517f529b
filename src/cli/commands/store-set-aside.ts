import { existsSync } from 'node:fs';
import { z } from 'zod';
import { setStoreAside } from '../../node/database/recovery.ts';
import { homePaths } from '../../node/paths.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { requireConsent } from '../consent.ts';

export async function run(context: Context, options: unknown): Promise<ExitCode> {
  const { home, output, messages } = context;
  const { t } = messages;
  const { yes } = z.object({ yes: z.boolean().default(false) }).parse(options);
  const { database } = homePaths(home);
  if (!existsSync(database)) {
    output.result({ setAside: null }, [t('store.nothing')]);
    return EXIT.ok;
  }
  await requireConsent(yes, t('store.set-aside.confirm', { file: database }), t('store.yes-needed'), context);
  const aside = setStoreAside(home);
  output.result({ setAside: aside }, [
    t('store.kept', { file: aside }),
    t('store.set-aside.next'),
    t('store.set-aside.back', { file: aside }),
  ]);
  return EXIT.ok;
}
