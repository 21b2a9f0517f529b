import { codeOf } from '../core/errors.ts';
import type { Logger } from '../core/ports.ts';
import type { Application } from './application.ts';
import type { Question } from './tray-actions.ts';

/** `fell`: again, soon after it was opened anew. `not-loaded`: there is no page to show. */
export type WindowProblem = 'fell' | 'not-loaded';

export interface WindowTroublePorts {
  readonly application: () => Pick<Application, 'commands' | 'messages'> | undefined;
  /** In a dialog: whoever asked for a window looks for one, and a notification may be kept back. */
  readonly ask: (question: Question) => Promise<boolean>;
  readonly log: Pick<Logger, 'warn'>;
}

/** Says that there is no window, to whoever wanted it, and leads to the log. */
export class WindowTrouble {
  readonly #ports: WindowTroublePorts;
  #isSaid = false;

  constructor(ports: WindowTroublePorts) {
    this.#ports = ports;
  }

  /** Nothing where the last one is still to be read. */
  say(problem: WindowProblem): void {
    if (this.#isSaid) return;
    this.#isSaid = true;
    this.#say(problem)
      .catch((cause: unknown) => this.#ports.log.warn('window-trouble-not-said', { code: codeOf(cause) }))
      .finally(() => (this.#isSaid = false));
  }

  async #say(problem: WindowProblem): Promise<void> {
    const { ask } = this.#ports;
    const application = this.#ports.application();
    if (application === undefined) return;
    const { t } = application.messages;
    const wantsLog = await ask({
      message: t(`main-window.${problem}`),
      detail: t(`main-window.${problem}.remedy`),
      yes: t('main-window.open-logs'),
      no: t('main-window.close'),
    });
    if (wantsLog) await application.commands.openFolder({ folder: 'logs' });
  }
}
