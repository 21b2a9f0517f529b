import { randomUUID } from 'node:crypto';
import type { AlertPorts, AlertStore } from '../core/alerts.ts';
import { Alerts } from '../core/alerts.ts';
import { Engine } from '../core/engine.ts';
import { JetonError } from '../core/errors.ts';
import type {
  ActivityLog,
  HealthStore,
  Http,
  IntegrationSource,
  Journal,
  LocalIntegrations,
  Logger,
  OneflexStore,
  TargetStore,
} from '../core/ports.ts';
import type { Secret } from '../core/secret.ts';
import type { Settings } from '../core/settings.ts';
import { ExportAttempts } from '../core/export/attempts.ts';
import { createOneflexApi } from '../core/oneflex/api.ts';
import { TokensInHand } from '../core/oneflex/renew.ts';
import type { SignInBrowser } from '../core/oneflex/sign-in-browser.ts';
import { silentSignInWith } from '../core/oneflex/sign-in-browser.ts';
import { createSlackApi } from '../core/slack/api.ts';
import { PairsInHand } from '../core/slack/renew.ts';
import { RateLimiter } from '../core/slack/rate-limiter.ts';
import { systemClock, systemRandom, systemTimer } from './clock.ts';
import { createActivityLog } from './database/activity.ts';
import type { AlertSettings, NoticeStore } from './database/alerts.ts';
import { createAlertStore, createNoticeStore } from './database/alerts.ts';
import { createHealthStore } from './database/health.ts';
import { createLocalIntegrations } from './database/integrations.ts';
import { createJournal } from './database/journal.ts';
import { createOneflexStore } from './database/oneflex.ts';
import { openEmptyStore, openStore } from './database/open.ts';
import { createTargetStore } from './database/targets.ts';
import { createPauseStore, type PauseStore } from './database/pause.ts';
import { Presence } from './database/presence.ts';
import { NamedSecrets } from './database/secrets.ts';
import { fingerprint } from './fingerprint.ts';
import { isDatabaseInEnvironment, isHome } from './first-run.ts';
import type { HttpOptions } from './http.ts';
import { LazySource } from './lazy-source.ts';
import { databaseUrlFromEnvironment, parseDatabaseUrl } from './postgres/connection.ts';
import type { ApplicationDatabase } from './postgres/application-database.ts';
import { ProfileBrowser } from './sso/profile-browser.ts';
import { askedOnlyWhile, systemKeychain } from './vault/keychain.ts';
import { Vault } from './vault/vault.ts';
import { createWebhook } from './webhook.ts';

/** A process that ends waits this long for another one that writes: several tries fit into what it has left. */
const HURRIED_WAIT_MS = 500;

/** The name under which the vault keeps the URL of the application's database. */
const DATABASE_URL = 'application-database-url';

export interface HomeOptions {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly settings: Settings;
  /** Where nothing was ever kept in the home, nothing is made there. */
  readonly looksOnly?: boolean;
  /** Whether a prompt of the keychain's would be seen, where that is known. Until then it is not asked. */
  readonly isSomebodyThere?: () => boolean;
}

/**
 * What Jeton keeps in its home, open, and what a process holds for it in memory: engines over it come and go with the
 * settings, what they received and learnt stays. Both shells are built on it.
 */
export interface OpenHome {
  /** Its settings are the last that were adopted. */
  readonly options: HomeOptions;
  readonly vault: Vault;
  readonly secrets: NamedSecrets;
  readonly presence: Presence;
  readonly health: HealthStore;
  readonly activity: ActivityLog;
  readonly journal: Journal;
  readonly local: LocalIntegrations;
  readonly oneflexStore: OneflexStore;
  /** For sign-ins to OneFlex. `dispose` waits until it has closed. */
  readonly browser: ProfileBrowser;
  readonly alertStore: AlertStore & AlertSettings;
  readonly noticeStore: NoticeStore;
  readonly pauseStore: PauseStore;
  readonly targetStore: TargetStore;
  readonly pairsInHand: PairsInHand;
  readonly tokensInHand: TokensInHand;
  readonly limiter: RateLimiter;
  readonly exportAttempts: ExportAttempts;
  /** From now on these settings hold: for its browser, and for every engine that is opened over it. */
  adopt(settings: Settings): void;
  /** The process is about to end: from now on it does not wait long for others that write. */
  hurry(): void;
  /** With OneFlex tokens still in hand, which are lost now, it leaves the account free for the next process. */
  dispose(): Promise<void>;
}

/** Throws as {@link openStore} does. */
export function openHome(initial: HomeOptions): OpenHome {
  const options = { ...initial };
  const { home, env, looksOnly = false, isSomebodyThere } = options;
  const store = looksOnly && !isHome(home) ? openEmptyStore() : openStore(home);
  const system = systemKeychain();
  const keychain = isSomebodyThere === undefined ? system : askedOnlyWhile(isSomebodyThere, system);
  const vault = new Vault({ store, env, keychain });
  const secrets = new NamedSecrets(store, vault);
  const presence = new Presence(home);
  const { isDead } = presence;
  const browser = new ProfileBrowser(options);
  const tokensInHand = new TokensInHand();
  const limiter = new RateLimiter(options.settings.slack.concurrency, systemClock, systemTimer);
  return {
    options,
    vault,
    secrets,
    presence,
    health: createHealthStore(store),
    activity: createActivityLog(store),
    journal: createJournal(store, vault, systemClock),
    local: createLocalIntegrations({ store, vault, clock: systemClock, isDead }),
    oneflexStore: createOneflexStore({ store, vault, clock: systemClock, isDead }),
    browser,
    alertStore: createAlertStore({ store, clock: systemClock, isDead }),
    noticeStore: createNoticeStore(store),
    pauseStore: createPauseStore(store),
    targetStore: createTargetStore({ store, clock: systemClock, isDead }),
    pairsInHand: new PairsInHand(),
    tokensInHand,
    limiter,
    exportAttempts: new ExportAttempts(),
    adopt(settings) {
      options.settings = settings;
      limiter.adopt(settings.slack.concurrency);
    },
    hurry: () => store.waitAtMost(HURRIED_WAIT_MS),
    async dispose() {
      await browser.closed();
      // What kept the tokens from the disk keeps their lease on it.
      if (tokensInHand.received !== undefined) presence.abandon();
      presence.dispose();
      store.dispose();
    },
  };
}

export interface EngineOptions {
  readonly log: Logger;
  /** Jeton's own, for Slack. */
  readonly version: string;
  /** Aborts the requests under way: their rotations end in doubt, and are asked about in the next run. */
  readonly abort?: AbortSignal | undefined;
  /** The engine is going to claim rows, so that others should notice when this process dies. */
  readonly claims: boolean;
  /** For silent sign-ins, in place of the home's. */
  readonly silentBrowser?: Pick<SignInBrowser, 'signIn'> | undefined;
  /** The person's language. */
  readonly alertWords: AlertPorts['words'];
}

/**
 * The engine over an open home. `dispose` waits for the exports under way, closes its connections to Slack and the
 * application's database, and leaves the home open.
 */
export function openEngine(
  home: OpenHome,
  { log, version, abort, claims, silentBrowser = home.browser, alertWords }: EngineOptions,
): { readonly engine: Engine; dispose(): Promise<void> } {
  const { env, settings } = home.options;
  const http = lazyHttp({ version, env });
  const application = openApplication(home);
  const common = {
    clock: systemClock,
    random: systemRandom,
    log,
    // Nobody knows of a name that was never announced; a lease under it would simply run out.
    owner: claims ? home.presence.owner : randomUUID(),
  };
  const alerts = new Alerts({
    ...common,
    store: home.alertStore,
    webhook: createWebhook({ ...home, http, abort }),
    words: alertWords,
  });
  const engine = new Engine({
    ...home,
    ...common,
    application,
    alerts,
    slack: createSlackApi(http, settings.slack.apiUrl, abort),
    oneflex: {
      store: home.oneflexStore,
      api: createOneflexApi({ http, clock: systemClock }, settings.oneflex.url, abort),
      silentSignIn: silentSignInWith(silentBrowser),
      inHand: home.tokensInHand,
    },
    targets: {
      store: home.targetStore,
      open: async (target) =>
        (await import('./target-machine.ts')).openTargetMachine(target, home.options.home),
      sessionCookies: async (kept) =>
        (await import('./sso/kept-cookies.ts')).cookiesOfHost(kept, settings.oneflex.url),
    },
    timer: systemTimer,
    fingerprint,
  });
  return {
    engine,
    async dispose() {
      // What they were told to stop ends soon; what they wrote is recorded.
      await engine.exportsDone();
      await alerts.dispose();
      http.dispose();
      await application?.dispose();
    },
  };
}

/** The application's database, where one is connected or named by the environment; connects when first used. */
function openApplication({ options, secrets, presence }: OpenHome): IntegrationSource | undefined {
  const { env, settings } = options;
  if (!secrets.has(DATABASE_URL) && !isDatabaseInEnvironment(env)) return undefined;
  return new LazySource('app', async () =>
    openApplicationDatabase(await databaseUrl(secrets, env), settings, presence.isDead),
  );
}

/** Changes whenever a database is connected or disconnected. */
export function databaseMark({ secrets }: OpenHome): string | undefined {
  return secrets.markOf(DATABASE_URL);
}

/** Opens the application's database. Throws `database-url-invalid`; connects when first used. */
export async function openApplicationDatabase(
  url: Secret,
  settings: Settings,
  isDead: (owner: string) => boolean,
): Promise<ApplicationDatabase> {
  const { ApplicationDatabase } = await import('./postgres/application-database.ts');
  return new ApplicationDatabase({ connection: parseDatabaseUrl(url), tables: settings.database, isDead });
}

/**
 * The URL of the application's database: the environment's before the vault's. Throws `database-not-connected`,
 * `database-url-invalid`, or as the vault does.
 */
export async function databaseUrl(secrets: NamedSecrets, env: NodeJS.ProcessEnv): Promise<Secret> {
  const url = databaseUrlFromEnvironment(env) ?? (await secrets.get(DATABASE_URL));
  if (url === undefined) throw new JetonError('database-not-connected');
  return url;
}

/** Throws as the vault does. */
export function connectDatabase(secrets: NamedSecrets, url: Secret): Promise<void> {
  return secrets.put(DATABASE_URL, url);
}

/** False when none was connected. */
export function disconnectDatabase(secrets: NamedSecrets): Promise<boolean> {
  return secrets.remove(DATABASE_URL);
}

/** node:https costs a third of a short command, most of which only look. */
function lazyHttp(options: HttpOptions): Http & { dispose(): void } {
  let opened: Promise<Http & { dispose(): void }> | undefined;
  return {
    async send(request) {
      opened ??= import('./http.ts').then(({ createHttp }) => createHttp(options));
      return (await opened).send(request);
    },
    dispose() {
      void opened?.then((http) => http.dispose());
    },
  };
}
