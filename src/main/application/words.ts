import type { Settings } from '../../core/settings.ts';
import type { Wording } from '../../node/reports/fact.ts';
import { chooseLanguage, localeFor } from '../../shared/messages/language.ts';
import { loadApplicationMessages, type Messages } from '../../shared/messages/messages.ts';
import { createTimes, type Times } from '../../shared/messages/times.ts';

/** The person's language, which follows the setting; `auto` is the desktop's. */
export class Words implements Wording {
  readonly #locale: string;
  #messages: Messages;
  #wanted = 0;

  private constructor(locale: string, messages: Messages) {
    this.#locale = locale;
    this.#messages = messages;
  }

  /** @param locale BCP 47, the desktop's. */
  static async load(locale: string, setting: Settings['language'] | undefined): Promise<Words> {
    return new Words(locale, await messagesFor(locale, setting));
  }

  get messages(): Messages {
    return this.#messages;
  }

  /** Of this moment. */
  get times(): Times {
    return createTimes(this.#messages, Date.now());
  }

  async adopt({ language }: Settings): Promise<void> {
    const wanted = (this.#wanted += 1);
    const messages = await messagesFor(this.#locale, language);
    // Loading takes its time: what was chosen last holds.
    if (wanted === this.#wanted) this.#messages = messages;
  }
}

function messagesFor(locale: string, setting: Settings['language'] | undefined): Promise<Messages> {
  const env = { LANG: locale };
  const language = chooseLanguage({ setting, env });
  return loadApplicationMessages(language, localeFor(language, env));
}
