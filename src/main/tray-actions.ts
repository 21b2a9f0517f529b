import { assertNever } from '../core/errors.ts';
import type { Payload } from '../shared/ipc/bridge.ts';
import type { Explanation } from '../shared/messages/words.ts';
import type { Application } from './application.ts';
import type { Desktop, NoticeTarget } from './desktop.ts';
import type { TrayCommand } from './tray-menu.ts';

export interface Question {
  readonly message: string;
  readonly detail: string;
  readonly yes: string;
  readonly no: string;
}

export interface TrayPorts {
  readonly application: Pick<Application, 'commands' | 'explain' | 'messages' | 'state'>;
  readonly notify: Desktop['notify'];
  readonly openWindow: (view?: Payload<'viewRequested'>) => void;
  /** Brings the window of a sign-in that is under way to the front. */
  readonly showSignIn: () => void;
  readonly ask: (question: Question) => Promise<boolean>;
  readonly quit: () => void;
}

/** What the person did themselves needs no words. */
const SILENT_ENDS: ReadonlySet<string> = new Set(['cancelled', 'closed-by-person']);

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
    if (target.kind === 'sign-in') this.run({ kind: 'sign-in' });
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
      case 'renew':
        // Of all only what is due: whoever renews twice in a row ends a token that is still in use somewhere.
        return commands.refresh(command.ids === 'all' ? {} : { force: true, ids: [...command.ids] });
      case 'resume':
        return commands.resumeIntegration({ id: command.id });
      case 'export':
        return commands.exportTargets({ names: [command.bot], restart: true });
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

  async #signIn(): Promise<void> {
    const { application, ask } = this.#ports;
    const { commands, messages } = application;
    const result = await commands.signIn({ browser: 'preferred' });
    if (result.kind === 'ended') return this.#tell(result.explanation);
    if (result.kind === 'signed-in') return;
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
    const second = await commands.signIn({ browser: 'preferred', replaceAccount: true });
    if (second.kind === 'ended') this.#tell(second.explanation);
  }

  #tell({ code, message, remedy }: Explanation): void {
    if (SILENT_ENDS.has(code)) return;
    const title = this.#ports.application.messages.t('tray.failed');
    const leadsTo = { kind: 'view', view: 'integrations', id: null } as const;
    this.#ports.notify({ title, body: `${message} ${remedy}`.trim(), leadsTo });
  }
}
