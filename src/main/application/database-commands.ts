import { secretOrNone } from '../../core/secret.ts';
import { JetonError } from '../../core/errors.ts';
import { databaseVariable } from '../../node/first-run.ts';
import {
  connectDatabase,
  databaseUrl,
  disconnectDatabase,
  openApplicationDatabase,
} from '../../node/open-home.ts';
import type { DatabaseInspection } from '../../node/postgres/application-database.ts';
import { inspectionFacts, lackingFacts, problemOf, requireSlack } from '../../node/reports/inspection.ts';
import { ensureVault } from '../../node/vault/ensure-vault.ts';
import type { Reply } from '../../shared/ipc/bridge.ts';
import type { Messages } from '../../shared/messages/messages.ts';
import type { Secret } from '../../core/secret.ts';
import type { Commands } from '../application.ts';
import type { Open, Surroundings } from './surroundings.ts';

type DatabaseCommands = Pick<Commands, 'tryDatabase' | 'connectDatabase' | 'disconnectDatabase'>;

export function databaseCommands(surroundings: Surroundings): DatabaseCommands {
  const { env, use, words, lookSoon } = surroundings;
  return {
    tryDatabase: ({ url }) => {
      const given = url === undefined ? undefined : urlIn(url);
      return use(async (open) => {
        const known = given ?? (await databaseUrl(open.home.secrets, env));
        return reportOf(await inspect(open, known), words.messages);
      });
    },

    async connectDatabase({ url }) {
      const given = urlIn(url);
      const report = await use(async (open) => {
        const inspection = await inspect(open, given);
        requireSlack(inspection);
        await ensureVault(open.home.vault);
        await connectDatabase(open.home.secrets, given);
        const { facts, usable } = reportOf(inspection, words.messages);
        const held = heldBy(env, words.messages);
        if (held === undefined) return { facts, usable };
        const { variable, message, remedy } = held;
        return {
          facts: [...facts, { label: variable, text: message, tone: 'warning' as const, remedy }],
          usable,
        };
      });
      // The engine is made anew for it.
      lookSoon();
      return report;
    },

    async disconnectDatabase() {
      const disconnected = await use(({ home }) => disconnectDatabase(home.secrets));
      lookSoon();
      const held = heldBy(env, words.messages);
      if (held === undefined) return { disconnected, held: null };
      const { message, remedy } = held;
      return { disconnected, held: { code: 'database-in-environment', message, remedy } };
    },
  };
}

/** Why what the vault keeps is not what counts, and how to end that. */
function heldBy(env: NodeJS.ProcessEnv, { t }: Messages) {
  const variable = databaseVariable(env);
  if (variable === undefined) return undefined;
  const message = t('database.still-in-environment', { variable });
  return { variable, message, remedy: t('database.still-in-environment.remedy', { variable }) };
}

function urlIn(text: string): Secret {
  const url = secretOrNone(text);
  if (url === undefined) throw new JetonError('database-url-invalid', { part: 'syntax' });
  return url;
}

async function inspect({ home }: Open, url: Secret): Promise<DatabaseInspection> {
  const database = await openApplicationDatabase(url, home.options.settings, home.presence.isDead);
  try {
    return await database.inspect();
  } finally {
    await database.dispose();
  }
}

function reportOf(inspection: DatabaseInspection, messages: Messages): Reply<'tryDatabase'> {
  return {
    facts: [...inspectionFacts(inspection, messages), ...lackingFacts(inspection, messages)],
    usable: problemOf(inspection) === undefined,
  };
}
