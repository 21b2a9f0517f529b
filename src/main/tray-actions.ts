import { assertNever } from '../core/errors.ts';
import { ONEFLEX_ID } from '../core/oneflex/session.ts';
import type { Payload, Reply } from '../shared/ipc/bridge.ts';
import type { Explanation } from '../shared/messages/words.ts';
import type { Application } from './application.ts';
import type { Desktop, NoticeTarget } from './desktop.ts';
import type { TrayCommand } from './tray-menu.ts';
import { noticeOfExport, noticeOfRenewal } from './tray-words.ts';

export interface Question {
  readonly message: string;
  readonly detail: string;
  readonly yes: string;
  readonly no: string;
}

export interface TrayPorts {
  readonly application: Pick<Application, 'commands' | 'explain' | 'messages' | 'state' | 'toldSince'>;
  readonly notify: Desktop['notify'];
  /** Resolves once somebody could be looking at the screen: nothing is said, or asked, before. */
  readonly whenUnlocked: () => Promise<void>;
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
    this.#do(command).catch((thrown: unknown) => this.#tell(this.#ports.application.explain(thrown)));
  }

  /** Where a notification leads. */
  follow(target: NoticeTarget): void {
    // One that lay there for long may be about what is well again.
    if (target.kind === 'sign-in' && this.#isFresh()) this.#ports.openWindow(this.#atOneflex());
    else if (target.kind === 'sign-in') this.run({ kind: 'sign-in' });
    else this.#ports.openWindow({ view: target.view, id: target.id });
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
    const { application, notify, whenUnlocked } = this.#ports;
    const begunAt = performance.now();
    // Of all only what is due: whoever renews twice in a row ends a token that is still in use somewhere.
    const reply = await application.commands.refresh(ids === 'all' ? {} : { force: true, ids: [...ids] });
    await whenUnlocked();
    const told = await application.toldSince(begunAt);
    const notice = noticeOfRenewal(reply, ids, told, application.state, application.messages);
    if (notice !== undefined) notify(notice);
  }

  async #export(bot: string): Promise<void> {
    const { application, notify, whenUnlocked } = this.#ports;
    const begunAt = performance.now();
    const reply = await application.commands.exportTargets({ names: [bot], restart: true });
    await whenUnlocked();
    const told = await application.toldSince(begunAt);
    const notice = noticeOfExport(reply, told, application.state, application.messages);
    if (notice !== undefined) notify(notice);
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
    if (result.kind === 'ended') return this.#tell(result.explanation, this.#atOneflex());
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
    if (second.kind === 'ended') this.#tell(second.explanation, this.#atOneflex());
    if (second.kind === 'signed-in') this.#tellNote(second);
  }

  /** That this machine's clock is off, which nobody else would say. */
  #tellNote({ account, note }: Extract<Reply<'signIn'>, { readonly kind: 'signed-in' }>): void {
    if (note === null) return;
    const { application, notify, whenUnlocked } = this.#ports;
    const title = application.messages.t('tray.signed-in', { account });
    void whenUnlocked().then(() =>
      notify({ title, body: note, leadsTo: { kind: 'view', view: 'integrations', id: ONEFLEX_ID } }),
    );
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

  #tell({ code, message, remedy }: Explanation, at: Payload<'viewRequested'> = LIST): void {
    if (SILENT_ENDS.has(code)) return;
    const title = this.#ports.application.messages.t('tray.failed');
    const leadsTo = { kind: 'view', ...at } as const;
    const { notify, whenUnlocked } = this.#ports;
    void whenUnlocked().then(() => notify({ title, body: `${message} ${remedy}`.trim(), leadsTo }));
  }
}
