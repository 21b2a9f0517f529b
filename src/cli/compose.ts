/** Puts the adapters together for one command, and no more of them than it needs. */
import type { Alert, AlertWords } from '../core/alerts.ts';
import type { Engine } from '../core/engine.ts';
import type { Logger } from '../core/ports.ts';
import manifest from '../../package.json' with { type: 'json' };
import { isHome } from '../node/first-run.ts';
import type { LiveEngine } from '../node/live-engine.ts';
import type { OpenHome } from '../node/open-home.ts';
import { prepareHome } from '../node/paths.ts';
import type { Stop } from '../node/stop.ts';
import { tokenKeeper } from '../node/token-keeper.ts';
import { ensureVault as ensureKey } from '../node/vault/ensure-vault.ts';
import type { Vault } from '../node/vault/vault.ts';
import { wordsOfAlert } from '../shared/messages/alert-words.ts';
import type { Context } from './context.ts';

export const VERSION: string = manifest.version;

/** So long a command that ends begins to send alerts; what is left goes out with the next one. */
const ALERT_PATIENCE_MS = 5_000;

export interface Composition {
  readonly home: OpenHome;
  readonly engine: Engine;
  readonly log: Logger;
}

export interface LiveComposition {
  readonly live: LiveEngine;
  readonly home: OpenHome;
  readonly log: Logger;
  /** The context under the settings of the moment: theirs is the language. */
  readonly context: () => Context;
  /** See {@link tokenKeeper}. */
  readonly keepTokens: () => Promise<boolean>;
}

export interface CompositionOptions {
  /** Whether the command may send refresh tokens, for which it claims rows. */
  readonly claims?: boolean;
  /** The command writes nothing, so that nothing is made for it either. */
  readonly looksOnly?: boolean;
  /** Ends the command in good order when somebody asks for it. */
  readonly stop?: Stop;
}

/** Opens the home and the engine over it for as long as `use` takes. */
export async function withEngine<T>(
  context: Context,
  options: CompositionOptions,
  use: (composition: Composition) => Promise<T>,
): Promise<T> {
  const { env, settings, verbose } = context;
  const { claims = false, looksOnly = false, stop } = options;
  const abort = stop?.abort;
  const leavesNoTrace = looksOnly && !isHome(context.home);
  if (!leavesNoTrace) prepareHome(context.home);
  const { maxBytes } = settings.log;
  const level = leavesNoTrace ? false : settings.log.level;
  const { createLogger } = await import('../node/logger.ts');
  const { openEngine, openHome } = await import('../node/open-home.ts');
  const log = createLogger({ home: context.home, kind: 'cli', level, maxBytes, verbose });
  const home = openHome({ home: context.home, env, settings, looksOnly });
  try {
    const alertWords = (alert: Alert): AlertWords => wordsOfAlert(alert, context.messages, Date.now());
    const opened = openEngine(home, { log, version: VERSION, abort, claims, alertWords });
    stop?.leaveOnlyIf(() => opened.engine.mayEnd);
    const keepTokens = tokenKeeper({
      home,
      engine: opened.engine,
      log,
      stop,
      onLost: () => noteLostTokens(context),
    });
    try {
      const result = await use({ home, engine: opened.engine, log });
      // What a command found or mended is said before it ends.
      if (claims) {
        await opened.engine.sendAlerts(
          AbortSignal.any([AbortSignal.timeout(ALERT_PATIENCE_MS), abort ?? []].flat()),
        );
      }
      return result;
    } finally {
      await keepTokens();
      await opened.dispose();
    }
  } finally {
    await home.dispose();
  }
}

/** As {@link withEngine}, for a process that lives long and sends refresh tokens. */
export async function withLiveEngine<T>(
  initial: Context,
  stop: Stop,
  use: (composition: LiveComposition) => Promise<T>,
): Promise<T> {
  const { env, settings, settingsFile, verbose } = initial;
  let context = initial;
  prepareHome(initial.home);
  const { createLogger } = await import('../node/logger.ts');
  const { openHome } = await import('../node/open-home.ts');
  const { LiveEngine } = await import('../node/live-engine.ts');
  const log = createLogger({ home: initial.home, kind: 'daemon', ...settings.log, verbose });
  const home = openHome({ home: initial.home, env, settings });
  try {
    const live = await LiveEngine.open({
      home,
      settingsFile,
      async optionsFor(adopted) {
        context = await context.under(adopted);
        log.adopt(adopted.log);
        const { messages } = context;
        const alertWords = (alert: Alert): AlertWords => wordsOfAlert(alert, messages, Date.now());
        return { log, version: VERSION, abort: stop.abort, claims: true, alertWords };
      },
    });
    stop.leaveOnlyIf(() => live.mayEnd);
    const keepTokens = tokenKeeper({
      home,
      engine: live,
      log,
      stop,
      onLost: () => noteLostTokens(context),
    });
    try {
      return await use({ live, home, log, context: () => context, keepTokens });
    } finally {
      await keepTokens();
      await live.dispose();
    }
  } finally {
    await home.dispose();
  }
}

function noteLostTokens({ output, messages }: Context): void {
  output.note(messages.t('ending.tokens-lost'));
}

/** As the vault's own {@link ensureKey}, and says so where the key was made. */
export async function ensureVault(vault: Vault, context: Context): Promise<void> {
  const outcome = await ensureKey(vault);
  if (outcome.kind === 'made') context.output.note(vaultCreated(outcome.keySource, context));
}

function vaultCreated(keySource: string, { messages: { t, find } }: Context): string {
  const created = t('vault.created', { source: find(`key-source.${keySource}`) ?? keySource });
  // Every other source is a file or a variable that somebody already keeps.
  return keySource === 'keychain' ? `${created} ${t('vault.created.backup')}` : created;
}
