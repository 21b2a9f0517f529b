import { databaseVariable } from '../../node/first-run.ts';
import { disconnectDatabase } from '../../node/open-home.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export function run(context: Context): Promise<ExitCode> {
  const { t } = context.messages;
  return withEngine(context, {}, async ({ home }) => {
    const disconnected = await disconnectDatabase(home.secrets);
    const variable = databaseVariable(context.env);
    context.output.result({ disconnected }, [
      t(disconnected ? 'database.disconnected' : 'database.was-not-connected'),
      ...(variable === undefined ? [] : [t('database.still-in-environment', { variable })]),
    ]);
    return EXIT.ok;
  });
}
