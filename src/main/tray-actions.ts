import { assertNever } from '../core/errors.ts';
import { ONEFLEX_ID } from '../core/oneflex/session.ts';
import type { Payload, Reply } from '../shared/ipc/bridge.ts';
import type { Explanation } from '../shared/messages/words.ts';
import type { Application } from './application.ts';
import type { Notice, NoticeTarget } from './desktop.ts';
import { sayWhenUnlocked, type SpeakingPorts } from './say-when-unlocked.ts';
import type { TrayCommand } from './tray-menu.ts';
import { noticeOfExport, noticeOfRenewal, renewedSince, servedSince } from './tray-words.ts';

export interface Question {
  readonly message: string;
  readonly detail: string;
  readonly yes: string;
  readonly no: string;
}

export interface TrayPorts extends SpeakingPorts {
  readonly application: Pick<Application, 'commands' | 'explain' | 'messages' | 'state' | 'toldSince'>;
  readonly openWindow: (view?: Payload<'viewRequested'>) => void;
  /** Brings the window of a sign-in that is under way to the front. */
  readonly showSignIn: () => void;
  readonly ask: (question: Question) => Promise<boolean>;
  readonly quit: () => void;
}

/** What the person did themselves needs no words. */
const SILENT_ENDS: ReadonlySet<string> = new Set(['cancelled', 'closed-by-person']);

const LIST: Payload<'viewRequested'> = { view: 'integrations', id: null };

/** Does what the tray, or a click on a notification, asks for. What goes wrong is told by a notification. */
export class TrayActions {
  readonly #ports: TrayPorts;

  constructor(ports: TrayPorts) {
    this.#ports = ports;
  }

  run(command: TrayCommand): void {
    this.#do(command).catch((thrown: unknown) => {
      const isOfSignIn = command.kind === 'sign-in' || command.kind === 'sign-in-elsewhere';
      const explanation = this.#ports.application.explain(thrown);
      return isOfSignIn ? this.#tellOfSignIn(explanation, LIST) : this.#tell(explanation);
    });
  }

  /** Where a notification leads. */
  follow(target: NoticeTarget): void {
    // One that lay there for long may be about what is well again.
    if (target.kind === 'sign-in' && this.#isFresh()) this.#ports.openWindow(this.#atOneflex());
    else if (target.kind === 'sign-in') this.run({ kind: 'sign-in' });
    else this.#ports.openWindow({ view: target.view, id: target.id });
  }

  /** Of a sign-in window, which was kept from a host. */
  sayBlocked(host: string): void {
    const { t } = this.#ports.application.messages;
    const leadsTo = { kind: 'view', view: 'settings', id: null } as const;
    const title = t('sign-in-window.blocked', { host });
    this.#say({ title, body: t('sign-in-window.blocked.why'), leadsTo }, this.#signedInFromNowOn());
  }

  async #do(command: TrayCommand): Promise<unknown> {
    const { application, openWindow, showSignIn, quit } = this.#ports;
    const { commands } = application;
    switch (command.kind) {
      case 'open':
        return openWindow();
      case 'show':
        return openWindow({ view: command.view, id: command.id });
      case 'sign-in':
        return this.#signInOrShow();
      case 'show-sign-in':
        return showSignIn();
      case 'cancel-sign-in':
        return commands.cancelSignIn({});
      case 'sign-in-elsewhere':
        return this.#signIn('own');
      case 'paste-tokens':
        return openWindow(this.#atOneflex());
      case 'renew':
        return this.#renew(command.ids);
      case 'stop-renewing':
        return commands.cancelRefresh({});
      case 'resume':
        return commands.resumeIntegration({ id: command.id });
      case 'export':
        return this.#export(command.bot);
      case 'pause-all':
        return commands.pauseAll({ until: command.until });
      case 'resume-all':
        return commands.resumeAll({});
      case 'start-at-login':
        return commands.setStartAtLogin({ on: command.on });
      case 'quit':
        return quit();
      default:
        return assertNever(command);
    }
  }

  async #renew(ids: Extract<TrayCommand, { kind: 'renew' }>['ids']): Promise<void> {
    const { application } = this.#ports;
    const begunAt = performance.now();
    // Of all only what is due: whoever renews twice in a row ends a token that is still in use somewhere.
    const reply = await application.commands.refresh(ids === 'all' ? {} : { force: true, ids: [...ids] });
    const answeredAt = Date.now();
    await sayWhenUnlocked(this.#ports, async () => {
      const told = await application.toldSince(begunAt);
      const { state, messages } = application;
      return noticeOfRenewal(renewedSince(reply, state, answeredAt), ids, told, state, messages);
    });
  }

  async #export(bot: string): Promise<void> {
    const { application } = this.#ports;
    const begunAt = performance.now();
    const reply = await application.commands.exportTargets({ names: [bot], restart: true });
    const answeredAt = Date.now();
    await sayWhenUnlocked(this.#ports, async () => {
      const told = await application.toldSince(begunAt);
      const { state, messages } = application;
      return noticeOfExport(servedSince(reply, state, answeredAt), told, state, messages);
    });
  }

  async #signInOrShow(): Promise<void> {
    const { application, openWindow, showSignIn } = this.#ports;
    switch (application.state.signingInWith) {
      case null:
        return this.#signIn();
      case 'window':
        return showSignIn();
      case 'own':
        // Where the browser is, the person sees; that it is waited for, and how to end that, the window says.
        return openWindow({ view: 'integrations', id: null });
    }
  }

  /** `own`: the person's own browser, whatever the settings say; a window of Jeton's that is open is closed for it. */
  async #signIn(browser: 'preferred' | 'own' = 'preferred'): Promise<void> {
    const { application, ask, whenUnlocked } = this.#ports;
    const { commands, messages } = application;
    const result = await commands.signIn({ browser });
    if (result.kind === 'ended') return this.#tellOfSignIn(result.explanation);
    if (result.kind === 'signed-in') return this.#tellNote(result);
    await whenUnlocked();
    const isWanted = await ask({
      message: messages.t('tray.other-account', result),
      detail: messages.t('tray.other-account.detail'),
      yes: messages.t('tray.other-account.replace'),
      no: messages.t('tray.other-account.keep', result),
    });
    if (!isWanted) {
      await commands.cancelSignIn({});
      return;
    }
    const second = await commands.signIn({ browser, replaceAccount: true });
    if (second.kind === 'ended') this.#tellOfSignIn(second.explanation);
    if (second.kind === 'signed-in') this.#tellNote(second);
  }

  /** That this machine's clock is off, which nobody else would say. */
  #tellNote({ account, note }: Extract<Reply<'signIn'>, { readonly kind: 'signed-in' }>): void {
    if (note === null) return;
    const title = this.#ports.application.messages.t('tray.signed-in', { account });
    const leadsTo = { kind: 'view', view: 'integrations', id: ONEFLEX_ID } as const;
    this.#say({ title, body: note, leadsTo });
  }

  #isFresh(): boolean {
    const { integrations } = this.#ports.application.state.snapshot;
    return integrations.some(({ id, state }) => id === ONEFLEX_ID && state.kind === 'fresh');
  }

  /** Where the other ways to sign in are: at its row, or where the first is added. */
  #atOneflex(): Payload<'viewRequested'> {
    const isThere = this.#ports.application.state.rows.some(({ id }) => id === ONEFLEX_ID);
    return { view: 'integrations', id: isThere ? ONEFLEX_ID : null };
  }

  #tellOfSignIn(explanation: Explanation, at = this.#atOneflex()): void {
    this.#tell(explanation, at, this.#signedInFromNowOn());
  }

  /** Answers whether somebody has signed in, or OneFlex was renewed, after this was called. */
  #signedInFromNowOn(): () => Promise<boolean> {
    const { application } = this.#ports;
    const from = Date.now();
    return async () => {
      // Looks once more.
      await application.toldSince(performance.now());
      const { integrations } = application.state.snapshot;
      return integrations.some(({ id, lastRenewedAt = 0 }) => id === ONEFLEX_ID && lastRenewedAt > from);
    };
  }

  #tell(
    { code, message, remedy }: Explanation,
    at: Payload<'viewRequested'> = LIST,
    isMended?: () => Promise<boolean>,
  ): void {
    if (SILENT_ENDS.has(code)) return;
    const title = this.#ports.application.messages.t('tray.failed');
    const leadsTo = { kind: 'view', ...at } as const;
    this.#say({ title, body: `${message} ${remedy}`.trim(), leadsTo }, isMended);
  }

  #say(notice: Notice, isMended: () => Promise<boolean> = () => Promise.resolve(false)): void {
    void sayWhenUnlocked(this.#ports, async () => ((await isMended()) ? undefined : notice));
  }
}
