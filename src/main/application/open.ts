/** Puts the application together: everything but the desktop that it runs on. */
import { prepareStop } from '../../node/stop.ts';
import type { FileLogger } from '../../node/logger.ts';
import { openSettingsFile } from '../../node/settings-file.ts';
import { codeOf, type JetonError } from '../../core/errors.ts';
import { scrub } from '../../core/scrub.ts';
import { type Settings, settingsSchema } from '../../core/settings.ts';
import { emptySnapshot, type Snapshot } from '../../core/snapshot.ts';
import { wordsOfAlert } from '../../shared/messages/alert-words.ts';
import { explain } from '../../shared/messages/words.ts';
import type { Application, Commands } from '../application.ts';
import type { Desktop } from '../desktop.ts';
import { alertCommands } from './alert-commands.ts';
import { Announcer } from './announcer.ts';
import { appStateOf, type Picture } from './app-state.ts';
import { Background } from './background.ts';
import { databaseCommands } from './database-commands.ts';
import { Exports } from './exports.ts';
import { Housing } from './housing.ts';
import { insightCommands } from './insight-commands.ts';
import { Notices } from './notices.ts';
import { oneflexCommands } from './oneflex-commands.ts';
import { Publisher } from './publisher.ts';
import { Refused } from './refused.ts';
import { Renewals } from './renewals.ts';
import { scheduleCommands } from './schedule-commands.ts';
import { settingsCommands } from './settings-commands.ts';
import { type BrowserKind, SignIns } from './sign-ins.ts';
import { slackCommands } from './slack-commands.ts';
import { storeCommands } from './store-commands.ts';
import type { Surroundings } from './surroundings.ts';
import { targetCommands } from './target-commands.ts';
import { vaultCommands } from './vault-commands.ts';
import { Words } from './words.ts';

/** Nobody waits longer for the first picture: a keychain or a database may take its time. */
const FIRST_LOOK_MS = 150;

export interface ApplicationOptions {
  /** Jeton's, from `resolveHome`. */
  readonly home: string;
  /** Where Jeton itself is: a checkout, or the archive of a package. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly desktop: Desktop;
  /** As the settings have it, once they are read. */
  readonly log: FileLogger;
  readonly version: string;
  /** How many calls that passed for the window's were refused since the start. */
  readonly refusedCalls: () => number;
}

/** Never rejects for what a person can mend: that is the state's `trouble`. */
export async function openApplication({
  home: folder,
  root,
  env,
  desktop,
  log,
  version,
  refusedCalls,
}: ApplicationOptions): Promise<Application> {
  let leave = (): void => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const stop = prepareStop(() => leave());
  const settingsFile = openSettingsFile(folder, env);
  const words = await Words.load(desktop.locale, settingOf(() => settingsFile.read())?.language);
  const announcer = new Announcer(log);
  let settings = defaultSettings();

  const adopt = async (adopted: Settings): Promise<void> => {
    const isOther = adopted.theme !== settings.theme;
    settings = adopted;
    await words.adopt(adopted);
    if (isOther) desktop.useTheme(adopted.theme);
  };
  const housing = new Housing({
    folder,
    env,
    version,
    desktop,
    settingsFile,
    log,
    stop,
    adopt,
    alertWords: (alert) => wordsOfAlert(alert, words.messages, Date.now()),
  });
  const explainThrown: Application['explain'] = (thrown) => {
    const { code, message, remedy } =
      thrown instanceof Refused ? thrown.explanation : explain(thrown, words.messages);
    return { code, message: scrub(message), remedy: scrub(remedy) };
  };

  // ── What is shown ────────────────────────────────────────────────────────────────────────────────────
  let seen: { readonly snapshot: Snapshot; readonly vaultProblem: JetonError | undefined } | undefined;
  let blind: unknown;
  const pictureNow = (): Picture => {
    const trouble = housing.trouble ?? blind;
    return {
      snapshot: seen?.snapshot ?? { ...emptySnapshot(), headline: { kind: 'renewing', count: 0 } },
      isFirst: seen === undefined,
      trouble: trouble === undefined ? undefined : explainThrown(trouble),
      vaultProblem: seen?.vaultProblem && explainThrown(seen.vaultProblem),
      settingsProblem: housing.settingsProblem && explainThrown(housing.settingsProblem),
    };
  };
  const pauseNow = () => {
    try {
      return housing.home?.pauseStore.standing(Date.now()) ?? null;
    } catch {
      // Why the home cannot be read is the state's trouble.
      return null;
    }
  };
  const look = async (): Promise<Snapshot | undefined> => {
    try {
      // Also what changed in settings.json, or which database is connected, is seen by looking.
      await housing.follow();
      seen = await housing.use(async ({ engine, home }) => {
        const snapshot = await engine.snapshot();
        signIns.keptAccountIs((await home.oneflexStore.session())?.account.id);
        const { state } = snapshot.vault;
        const isNeeded = state === 'locked' || (state === 'missing' && snapshot.integrations.length > 0);
        return { snapshot, vaultProblem: isNeeded ? (await home.vault.status()).problem : undefined };
      });
      blind = undefined;
      void notices.attend(seen.snapshot);
      return seen.snapshot;
    } catch (cause) {
      if (!stop.stopping.aborted) {
        if (blind === undefined && housing.trouble === undefined)
          log.error('look-failed', { code: codeOf(cause) });
        blind = cause;
      }
      return undefined;
    }
  };

  const surroundings: Surroundings = {
    folder,
    root,
    env,
    version,
    desktop,
    settingsFile,
    log,
    stop,
    words,
    announcer,
    use: async (work) => {
      try {
        return await housing.use(work);
      } finally {
        publisher.changed();
      }
    },
    finish: (work) => housing.finish(work),
    changed: () => publisher.changed(),
    lookSoon: () => background.lookSoon(),
  };
  const notices = new Notices({
    noticeStore: () => housing.home?.noticeStore,
    desktop,
    exporting: () => exports.names,
    words,
    log,
  });
  const exports = new Exports(surroundings, ({ result, request }) => {
    // Whoever watches the window has seen it.
    const isWatched = request.trigger === 'asked' && publisher.isShowing;
    if (isWatched && result.restart.outcome === 'restarted') notices.watched(result.name);
  });
  const renewals = new Renewals(surroundings.changed);
  const signIns = new SignIns(surroundings, {
    // As it is now: a person may have changed it since the last look.
    preferred: () => (settingOf(() => settingsFile.read()) ?? settings).oneflex.signInWith,
    onSignedIn(chosen) {
      rememberBrowser(chosen);
      void exports.followOneflex('interactive');
    },
  });
  const rememberBrowser = (browser: BrowserKind | undefined): void => {
    if (browser === undefined || browser === settings.oneflex.signInWith) return;
    try {
      settingsFile.set('oneflex.signInWith', browser);
    } catch (cause) {
      log.warn('browser-not-remembered', { code: codeOf(cause) });
    }
  };
  const background = new Background({
    housing,
    log,
    stopping: stop.stopping,
    isBlind: () => blind !== undefined,
    isPaused: () => pauseNow() !== null,
    look: () => publisher.look(),
    watcher: exports.watcher,
    judgeLeft: (opened) => signIns.judgeLeft(opened),
  });

  await housing.open();
  const publisher = new Publisher({
    look,
    compose: () =>
      appStateOf(
        pictureNow(),
        {
          theme: settings.theme,
          paused: pauseNow(),
          signingInWith: signIns.underWay ?? null,
          exporting: exports.names,
          renewing: renewals.shown,
          startAtLogin: desktop.startAtLogin(),
          version,
          platform: process.platform,
          homeFolder: folder,
        },
        words,
      ),
    revision: async () => housing.home?.health.revision().catch(() => undefined),
    isBusy: () => housing.isBusy,
    onChange: (change) => announcer.tell('stateChanged', change),
  });

  const retry = async (): Promise<null> => {
    await housing.retry();
    await housing.follow();
    await publisher.look();
    background.lookSoon();
    return null;
  };
  const commands: Commands = {
    getState: async () => publisher.state,
    retry,
    ...storeCommands(surroundings, retry),
    ...slackCommands(surroundings, renewals),
    ...oneflexCommands(surroundings, signIns, exports),
    ...databaseCommands(surroundings),
    ...targetCommands(surroundings, exports),
    ...alertCommands(surroundings),
    ...vaultCommands(surroundings),
    ...scheduleCommands(surroundings),
    ...settingsCommands(
      surroundings,
      async () => {
        const written = settingsFile.read();
        await adopt(written);
        // The engine is made anew between two calls; the next sign-in need not wait for that.
        housing.home?.adopt(written);
        await housing.follow();
      },
      () => background.giveWay(),
    ),
    ...insightCommands(surroundings, refusedCalls),
  };

  const end = async (): Promise<void> => {
    const signedOff = signIns.dispose();
    await background.ended();
    await signedOff;
    await housing.dispose();
    await desktop.signInWindow.closed();
  };
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    log.info('application-stopping');
    publisher.dispose();
    stop.leaveOnlyIf(() => housing.mayEnd);
    stop.begin();
    await Promise.race([end(), left]);
    stop.dispose();
  };

  desktop.useTheme(settings.theme);
  await Promise.race([publisher.look(), new Promise((resolve) => setTimeout(resolve, FIRST_LOOK_MS))]);
  log.info('application-started', { version });
  background.start();
  return {
    get state() {
      return publisher.state;
    },
    get messages() {
      return words.messages;
    },
    get isBusy() {
      return housing.isBusy;
    },
    get mayEnd() {
      return housing.mayEnd;
    },
    commands,
    explain: explainThrown,
    on: (event, listener) => announcer.on(event, listener),
    async toldSince(moment) {
      await publisher.look();
      return notices.toldSince(moment);
    },
    wake: () => background.wake(),
    showing: (isShown) => publisher.showing(isShown),
    close: () => (closing ??= close()),
  };
}

function defaultSettings(): Settings {
  return settingsSchema.parse({});
}

/** What cannot be read is said where the home is looked at. */
function settingOf(read: () => Settings): Settings | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
