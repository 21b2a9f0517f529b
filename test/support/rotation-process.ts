/**
 * A process of its own that runs one refresh over the real stores, and ends itself with SIGKILL at the step that
 * DIES_AT names. Prints how many steps it took, and the report, when it lives.
 */
import { createSlackApi } from '../../src/core/slack/api.ts';
import { PairsInHand } from '../../src/core/slack/renew.ts';
import { RateLimiter } from '../../src/core/slack/rate-limiter.ts';
import { refresh } from '../../src/core/slack/refresh.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { Secret } from '../../src/core/secret.ts';
import { systemClock, systemRandom, systemTimer } from '../../src/node/clock.ts';
import { createActivityLog } from '../../src/node/database/activity.ts';
import { createHealthStore } from '../../src/node/database/health.ts';
import { createLocalIntegrations } from '../../src/node/database/integrations.ts';
import { createJournal } from '../../src/node/database/journal.ts';
import { openStore } from '../../src/node/database/open.ts';
import { Presence } from '../../src/node/database/presence.ts';
import { fingerprint } from '../../src/node/fingerprint.ts';
import { createHttp } from '../../src/node/http.ts';
import { ApplicationDatabase } from '../../src/node/postgres/application-database.ts';
import { parseDatabaseUrl } from '../../src/node/postgres/connection.ts';
import { systemKeychain } from '../../src/node/vault/keychain.ts';
import { Vault } from '../../src/node/vault/vault.ts';
import { mortal, silent } from './engine-world.ts';

const {
  JETON_HOME: home = '',
  SLACK_URL: slackUrl = '',
  DATABASE_URL: databaseUrl,
  DIES_AT,
  FORCE,
} = process.env;
const diesAt = Number(DIES_AT ?? Number.POSITIVE_INFINITY);

let steps = 0;
const fate = {
  step: async (): Promise<void> => {
    steps += 1;
    if (steps === diesAt) process.kill(process.pid, 'SIGKILL');
  },
};

const store = openStore(home);
const vault = new Vault({ store, env: process.env, keychain: systemKeychain() });
const presence = new Presence(home);
const { isDead } = presence;
const http = createHttp({ version: '0.0.0', env: {} });
const local = createLocalIntegrations({ store, vault, clock: systemClock, isDead });
const application =
  databaseUrl === undefined
    ? undefined
    : new ApplicationDatabase({
        connection: parseDatabaseUrl(new Secret(databaseUrl)),
        tables: settingsSchema.parse({}).database,
        isDead,
      });
const report = await refresh(
  {
    owner: presence.owner,
    sources: [local, ...(application === undefined ? [] : [application])].map((source) =>
      mortal(source, fate),
    ),
    slack: mortal(createSlackApi(http, slackUrl), fate),
    journal: mortal(createJournal(store, vault, systemClock), fate),
    health: mortal(createHealthStore(store), fate),
    activity: mortal(createActivityLog(store), fate),
    limiter: new RateLimiter(32, systemClock, systemTimer),
    clock: systemClock,
    timer: systemTimer,
    random: systemRandom,
    fingerprint,
    pairsInHand: new PairsInHand(),
    log: silent,
    vault,
  },
  { force: FORCE === '1' },
);
await application?.dispose();
http.dispose();
presence.dispose();
store.dispose();
process.stdout.write(JSON.stringify({ steps, ...report }));
