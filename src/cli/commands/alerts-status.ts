import { isFirstRun } from '../../node/first-run.ts';
import type { AlertChannel } from '../../node/database/alerts.ts';
import { channelLines } from '../../node/reports/alert-channel.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isoOrNull } from '../present.ts';

export async function run(context: Context): Promise<ExitCode> {
  const { output, messages } = context;
  const channel = await look(context);
  const state = channel === undefined ? 'off' : channel.goneAt === undefined ? 'on' : 'gone';
  const remedies = {
    on: [],
    off: [messages.t('remedy.webhook-not-set')],
    gone: [messages.t('remedy.webhook-gone')],
  };
  output.result(
    {
      state,
      format: channel?.format ?? null,
      goneAt: isoOrNull(channel?.goneAt),
      waiting: channel?.waiting ?? 0,
      lastError: channel?.lastError ?? null,
    },
    [
      ...channelLines(channel, context).map((line) => `${line.charAt(0).toUpperCase()}${line.slice(1)}.`),
      ...remedies[state].map((remedy) => output.colour('bold', `→ ${remedy}`)),
    ],
  );
  return state === 'gone' ? EXIT.personNeeded : EXIT.ok;
}

function look(context: Context): Promise<AlertChannel | undefined> {
  // A first look leaves nothing behind.
  if (isFirstRun(context.home, context.env)) return Promise.resolve(undefined);
  return withEngine(context, {}, async ({ home }) => home.alertStore.channel());
}
