import { z } from 'zod';
import { JetonError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import { secretOrNone } from '../../core/secret.ts';
import { connectDatabase, openApplicationDatabase } from '../../node/open-home.ts';
import { databaseUrlFromEnvironment } from '../../node/postgres/connection.ts';
import { requireSlack } from '../../node/reports/inspection.ts';
import { ensureVault, withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { inspectionDocument, inspectionLines } from '../inspection.ts';
import { UsageError } from '../usage-error.ts';

export async function run(context: Context, options: unknown): Promise<ExitCode> {
  const { output, messages } = context;
  const { urlFile } = z.object({ urlFile: z.string().optional() }).parse(options);
  const url = await askForUrl(context, urlFile);
  return withEngine(context, {}, async ({ home }) => {
    output.progress(messages.t('database.testing'));
    const database = await openApplicationDatabase(url, context.settings, home.presence.isDead);
    try {
      const inspection = await database.inspect();
      requireSlack(inspection);
      await ensureVault(home.vault, context);
      await connectDatabase(home.secrets, url);
      output.result({ connected: true, ...inspectionDocument(inspection, context) }, [
        messages.t('database.connected'),
        '',
        ...inspectionLines(inspection, context),
      ]);
      return EXIT.ok;
    } finally {
      await database.dispose();
    }
  });
}

async function askForUrl(
  { input, env, messages: { t } }: Context,
  file: string | undefined,
): Promise<Secret> {
  const label = t('ask.database-url');
  const option = '--url-file';
  if (file !== undefined) return input.secret({ label, option, file, variable: 'DATABASE_URL' });
  const piped = input.isPiped ? secretOrNone(await input.nextLine()) : undefined;
  const url = piped ?? databaseUrlFromEnvironment(env);
  if (url !== undefined) return url;
  if (!input.isTerminal) {
    throw new UsageError(
      t('usage.input-needed', { label }),
      t('usage.input-needed.remedy', { option: `${option} F|-`, variable: 'DATABASE_URL' }),
    );
  }
  const typed = secretOrNone(await input.ask(label, { hidden: true }));
  if (typed === undefined) throw new JetonError('database-url-invalid', { part: 'syntax' });
  return typed;
}
