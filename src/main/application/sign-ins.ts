import { codeOf, JetonError } from '../../core/errors.ts';
import type { KeptTokens } from '../../core/ports.ts';
import type { SignInBrowser } from '../../core/oneflex/sign-in-browser.ts';
import type { Judgement } from '../../core/oneflex/sign-in.ts';
import { shownName } from '../../core/scrub.ts';
import { systemTimer } from '../../node/clock.ts';
import { ensureVault } from '../../node/vault/ensure-vault.ts';
import type { Reply } from '../../shared/ipc/bridge.ts';
import { clockWords, explainSignIn, explainSignInFailure } from '../../shared/messages/sign-in-words.ts';
import type { Notice } from '../desktop.ts';
import type { Open, Surroundings } from './surroundings.ts';

const LIMIT_MS = 300_000;
/** So long the tokens of another account wait for the person's word. */
const CONSENT_MS = 10 * 60_000;

/** Between two tries to store what came while Jeton ends. */
const STORE_AGAIN_MS = 250;

export type BrowserKind = 'window' | 'own';
export type WantedBrowser = BrowserKind | 'preferred';
type SignInReply = Reply<'signIn'>;

interface Attempt {
  readonly browser: BrowserKind;
  readonly abort: AbortController;
  readonly ended: Promise<unknown>;
}

export interface SignInPorts {
  /** What the settings say. */
  readonly preferred: () => BrowserKind;
  /** `chosen`: the browser, where the person chose one rather than the settings. */
  readonly onSignedIn: (chosen: BrowserKind | undefined) => void;
}

/** Another person's tokens than those of the account that is kept; nothing of them is stored. */
interface Waiting {
  readonly chosen: BrowserKind | undefined;
  readonly opened: SignInBrowser;
  readonly tokens: KeptTokens;
  readonly forget: NodeJS.Timeout;
}

type Dropped = Extract<Judgement, { readonly kind: 'other-account' | 'not-accepted' }>;

/** Interactive sign-ins to OneFlex: one at a time, always begun by the person. */
export class SignIns {
  readonly #surroundings: Surroundings;
  readonly #ports: SignInPorts;
  #attempt: Attempt | undefined;
  #waiting: Waiting | undefined;
  #clearing: Promise<void> | undefined;
  /** Whose account was kept when that was last looked at, and who signed in here last; OneFlex's ids. */
  #kept: string | undefined;
  #own: string | undefined;
  /** The window still knows somebody whose account is gone. */
  #isWindowStale = false;
  /** What is to be said as soon as somebody is there. */
  #word: Notice | undefined;
  /** Why what was left could not be judged the last time. */
  #unjudged: string | undefined;

  constructor(surroundings: Surroundings, ports: SignInPorts) {
    this.#surroundings = surroundings;
    this.#ports = ports;
  }

  /** Where somebody is signing in now. */
  get underWay(): BrowserKind | undefined {
    return this.#attempt?.browser;
  }

  /**
   * The other kind of browser, where the person chooses it, is the way out of the one that is open, which is closed
   * then. `replaceAccount` is also the answer to `other-account`, and needs no second sign-in.
   */
  async signIn(wanted: WantedBrowser, replaceAccount: boolean): Promise<SignInReply> {
    const waiting = this.#takeWaiting();
    if (waiting !== undefined && replaceAccount) {
      return this.#replace(waiting);
    }
    if (waiting !== undefined) await this.#disown(waiting.opened);
    // Somebody else may have begun while this one waited for the end of another.
    while (this.#attempt !== undefined || this.#clearing !== undefined) {
      if (this.#attempt === undefined) {
        await this.#clearing;
        continue;
      }
      const isThere = wanted === 'preferred' || this.#attempt.browser === wanted;
      // One that was told to end is only waited for.
      if (isThere && !this.#attempt.abort.signal.aborted) {
        return { kind: 'ended', explanation: explainSignIn('profile-in-use', this.#messages) };
      }
      await this.#stop();
    }
    // What was agreed to is over by now: whoever signs in next may be yet another person, and is asked about.
    return this.#begin(wanted);
  }

  /**
   * For whoever removes what the browsers keep: the sign-in that is under way ends before, and one that begins
   * meanwhile waits for the end, which would otherwise be its own.
   */
  async clearing<T>(work: () => Promise<T>): Promise<T> {
    const waiting = this.#takeWaiting();
    return this.#alone(async () => {
      await this.#stop();
      if (waiting !== undefined) await this.#remove(waiting.opened);
      return work();
    });
  }

  /**
   * Whose account is kept now, by OneFlex's id. Another process may have forgotten, or replaced, the one before: what
   * the window keeps of that person goes with it, once nobody signs in there.
   */
  keptAccountIs(account: string | undefined): void {
    const before = this.#kept;
    this.#kept = account;
    if (before === undefined || before === account || account === this.#own) return;
    this.#isWindowStale = true;
    void this.#clearStaleWindow();
  }

  async #clearStaleWindow(): Promise<void> {
    if (!this.#isWindowStale || this.#attempt !== undefined || this.#waiting !== undefined) return;
    this.#isWindowStale = false;
    await this.#disown(this.#surroundings.desktop.signInWindow);
  }

  /** Ends the sign-in that is under way, or says no to another account. */
  async cancel(): Promise<void> {
    const waiting = this.#takeWaiting();
    // Not one that begins while the other is disowned.
    const stopped = this.#stop();
    if (waiting !== undefined) await this.#disown(waiting.opened);
    await stopped;
  }

  /** Tokens that a person copied elsewhere: a way out of what is under way. Throws as `signInToOneflex` does. */
  async adoptPasted(tokens: KeptTokens, replaceAccount: boolean): Promise<SignInReply> {
    const { use } = this.#surroundings;
    return this.clearing(() =>
      use(async (open) => {
        await ensureVault(open.home.vault);
        const before = (await open.home.oneflexStore.session())?.account.id;
        const reply = await this.#adopt(open, tokens, undefined, replaceAccount);
        const after = (await open.home.oneflexStore.session())?.account.id;
        // What the browsers keep is the other person's.
        if (reply.kind === 'signed-in' && before !== undefined && before !== after) {
          await Promise.all(
            (['window', 'own'] as const).map((kind) => this.#remove(this.browserOf(kind, open))),
          );
        }
        return reply;
      }),
    );
  }

  /**
   * Judges what an earlier sign-in left unverified: Jeton ended, or OneFlex was away, before it had said whose it was.
   * Never rejects.
   */
  async judgeLeft({ engine, home }: Open): Promise<void> {
    const { log } = this.#surroundings;
    try {
      this.#sayWord();
      // Whoever signs in now judges it, and is asked.
      if (this.#attempt !== undefined || this.#waiting !== undefined) return;
      const judgement = await engine.judgeUnverified();
      this.#unjudged = undefined;
      if (judgement.kind === 'none') return;
      log.info('sign-in-judged', { kind: judgement.kind });
      if (judgement.kind === 'signed-in') this.#ports.onSignedIn(undefined);
      else await this.#onDropped(judgement, home);
    } catch (cause) {
      const code = codeOf(cause);
      if (this.#unjudged !== code) log.warn('sign-in-not-judged', { code });
      this.#unjudged = code;
    }
  }

  async #onDropped(judgement: Dropped, home: Open['home']): Promise<void> {
    this.#word = this.#wordOf(judgement);
    this.#sayWord();
    // Who is signing in by now is asked as well, and has the browser.
    if (judgement.kind !== 'other-account' || this.#attempt !== undefined) return;
    // Which of them it was done in died with the process.
    await Promise.all(
      (['window', 'own'] as const).map((kind) => this.#disown(this.browserOf(kind, { home }))),
    );
  }

  #sayWord(): void {
    const { desktop } = this.#surroundings;
    const word = this.#word;
    if (word !== undefined && !desktop.isScreenLocked()) {
      this.#word = undefined;
      desktop.notify(word);
    }
  }

  #wordOf(judgement: Dropped): Notice {
    const { t } = this.#messages;
    const title = t('notice.sign-in-dropped');
    const leadsTo = { kind: 'sign-in' } as const;
    if (judgement.kind === 'not-accepted')
      return { title, body: t('notice.sign-in-dropped.expired'), leadsTo };
    const account = shownName(judgement.account.fullName);
    const kept = shownName(judgement.kept.fullName);
    return { title, body: t('notice.sign-in-dropped.other', { account, kept }), leadsTo };
  }

  browserOf(kind: BrowserKind, { home }: Pick<Open, 'home'>): SignInBrowser {
    return kind === 'window' ? this.#surroundings.desktop.signInWindow : home.browser;
  }

  async dispose(): Promise<void> {
    await this.cancel();
    await this.#clearing;
  }

  get #messages() {
    return this.#surroundings.words.messages;
  }

  async #begin(wanted: WantedBrowser): Promise<SignInReply> {
    const abort = new AbortController();
    const chosen = wanted === 'preferred' ? undefined : wanted;
    const browser = chosen ?? this.#ports.preferred();
    const work = this.#signIn(browser, chosen, abort.signal);
    const ended = work
      .catch(() => undefined)
      .then(() => {
        this.#attempt = undefined;
        this.#surroundings.changed();
        // Not a part of its end: who clears the window waits for that.
        void this.#clearStaleWindow();
      });
    this.#attempt = { browser, abort, ended };
    this.#surroundings.changed();
    await ended;
    return work;
  }

  /** The engine is not held while the person takes their time. */
  async #signIn(
    browser: BrowserKind,
    chosen: BrowserKind | undefined,
    cancelled: AbortSignal,
  ): Promise<SignInReply> {
    const { use, finish, stop } = this.#surroundings;
    const { kept, opened } = await use(async (open) => {
      await ensureVault(open.home.vault);
      return { kept: await open.home.oneflexStore.tokens(), opened: this.browserOf(browser, open) };
    });
    const signal = AbortSignal.any([cancelled, stop.stopping]);
    const outcome = await opened.signIn({
      silent: false,
      timeoutMs: LIMIT_MS,
      keptCookies: kept?.cookies,
      signal,
    });
    if (outcome.kind === 'cancelled') throw new JetonError('cancelled');
    if (outcome.kind !== 'signed-in') {
      return { kind: 'ended', explanation: explainSignInFailure(outcome, LIMIT_MS, this.#messages) };
    }
    // The person who was just told that all is well would have to sign in again.
    const reply = await this.#untilStored((onSealed) =>
      finish(async (open) => {
        await open.engine.keepUnverified(outcome.tokens, false);
        onSealed();
        return this.#adopt(open, outcome.tokens, { chosen, opened }, false);
      }),
    );
    if (reply.kind !== 'other-account' || !signal.aborted) return reply;
    // Who has gone is not asked.
    this.#takeWaiting();
    await this.#remove(opened);
    throw new JetonError('cancelled');
  }

  /** While Jeton ends nobody can try again: the disk that another process holds is waited for. */
  async #untilStored(store: (onSealed: () => void) => Promise<SignInReply>): Promise<SignInReply> {
    const { stop, log } = this.#surroundings;
    let isSealed = false;
    for (;;) {
      try {
        return await store(() => (isSealed = true));
      } catch (cause) {
        if (!stop.stopping.aborted) throw cause;
        const code = codeOf(cause);
        log.warn('sign-in-not-stored', { code });
        if (code !== 'store-busy' || stop.abort.aborted) {
          // What is sealed is judged at the next start.
          if (code !== 'oneflex-not-accepted' && !isSealed) log.error('oneflex-tokens-lost');
          throw cause;
        }
        await systemTimer.sleep(STORE_AGAIN_MS, stop.abort);
      }
    }
  }

  /** As the person agreed to. What could not be stored is there for another yes, or at the next start. */
  async #replace(waiting: Waiting): Promise<SignInReply> {
    let isSealed = false;
    try {
      return await this.#surroundings.use(async (open) => {
        await open.engine.keepUnverified(waiting.tokens, true);
        isSealed = true;
        return this.#adopt(open, waiting.tokens, waiting, true);
      });
    } catch (cause) {
      if (!isSealed) this.#wait(waiting);
      // The profile is that of somebody whom OneFlex does not know any more.
      else if (codeOf(cause) === 'oneflex-not-accepted') await this.#disown(waiting.opened);
      throw cause;
    }
  }

  /** Stores the tokens, unless they are another person's and nobody agreed to that. */
  async #adopt(
    { engine }: Open,
    tokens: KeptTokens,
    from: Pick<Waiting, 'chosen' | 'opened'> | undefined,
    replaceAccount: boolean,
  ): Promise<SignInReply> {
    const result = await engine.signInToOneflex(tokens, { replaceAccount });
    const account = shownName(result.account.fullName);
    if (result.kind === 'other-account') {
      if (from !== undefined) this.#wait({ ...from, tokens });
      return { kind: 'other-account', account, kept: shownName(result.kept.fullName) };
    }
    this.#own = result.account.id;
    this.#isWindowStale = false;
    this.#ports.onSignedIn(from?.chosen);
    return { kind: 'signed-in', account, note: clockWords(result.clockLeadMs, this.#messages) ?? null };
  }

  #wait(waiting: Omit<Waiting, 'forget'>): void {
    const forget = setTimeout(() => void this.cancel(), CONSENT_MS);
    this.#waiting = { ...waiting, forget };
  }

  #takeWaiting(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    clearTimeout(waiting?.forget);
    return waiting;
  }

  /** The profile is the other person's now; the session that Jeton keeps comes back from the vault. */
  #disown(opened: SignInBrowser): Promise<void> {
    return this.#alone(() => this.#remove(opened));
  }

  async #remove(opened: SignInBrowser): Promise<void> {
    const { log } = this.#surroundings;
    try {
      const isRemoved = await opened.removeProfile();
      if (!isRemoved) log.warn('profile-not-removed', { code: 'profile-in-use' });
    } catch (cause) {
      log.warn('profile-not-removed', { code: codeOf(cause) });
    }
  }

  /** One after the other; no sign-in begins meanwhile. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#clearing;
    const turn = Promise.withResolvers<void>();
    this.#clearing = turn.promise;
    try {
      await before;
      return await work();
    } finally {
      if (this.#clearing === turn.promise) this.#clearing = undefined;
      turn.resolve();
    }
  }

  async #stop(): Promise<void> {
    this.#attempt?.abort.abort();
    await this.#attempt?.ended;
  }
}
