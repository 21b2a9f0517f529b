import { databaseUrl, openApplicationDatabase } from '../../node/open-home.ts';
import { problemOf } from '../../node/reports/inspection.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { inspectionDocument, inspectionLines } from '../inspection.ts';

export function run(context: Context): Promise<ExitCode> {
  const { env, output, messages, settings } = context;
  return withEngine(context, {}, async ({ home }) => {
    const url = await databaseUrl(home.secrets, env);
    output.progress(messages.t('database.testing'));
    const database = await openApplicationDatabase(url, settings, home.presence.isDead);
    try {
      const inspection = await database.inspect();
      output.result(inspectionDocument(inspection, context), inspectionLines(inspection, context));
      return problemOf(inspection) === undefined ? EXIT.ok : EXIT.configuration;
    } finally {
      await database.dispose();
    }
  });
}
