import { JetonError } from '../../core/errors.ts';
import { secretOrNone } from '../../core/secret.ts';
import { channelLines, sendTestMessage, testSavedWebhook } from '../../node/reports/alert-channel.ts';
import { ensureVault } from '../../node/vault/ensure-vault.ts';
import { parseWebhookUrl, removeWebhook, saveWebhook } from '../../node/webhook.ts';
import type { Commands } from '../application.ts';
import type { Surroundings } from './surroundings.ts';

type AlertCommands = Pick<Commands, 'getAlerts' | 'setWebhook' | 'testAlert' | 'turnAlertsOff'>;

export function alertCommands({ env, version, use, words, lookSoon }: Surroundings): AlertCommands {
  const http = { version, env };
  return {
    getAlerts: () =>
      use(async ({ home }) => {
        const channel = home.alertStore.channel();
        if (channel === undefined) return { state: 'off', format: null, waiting: 0, problem: null };
        const { format, goneAt, waiting } = channel;
        const [first = '', second] = channelLines(channel, words);
        const isGone = goneAt !== undefined;
        return { state: isGone ? 'gone' : 'on', format, waiting, problem: (isGone ? first : second) ?? null };
      }),

    async setWebhook({ url: text, format, test }) {
      const url = secretOrNone(text);
      if (url === undefined) throw new JetonError('webhook-url-invalid', { reason: 'not-a-url' });
      const address = parseWebhookUrl(url, format);
      await use(async ({ home }) => {
        if (test) await sendTestMessage(address, http, words.messages);
        await ensureVault(home.vault);
        await saveWebhook(home, address);
      });
      // It is told of what is wrong now.
      lookSoon();
      return null;
    },

    testAlert: () =>
      use(async ({ home, log }) => {
        await testSavedWebhook(home, http, words.messages, () => log.error('webhook-gone'));
        return null;
      }),

    turnAlertsOff: () => use(({ home }) => removeWebhook(home).then(() => null)),
  };
}
