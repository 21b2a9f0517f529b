import { z } from 'zod';
import { pauseFor, pauseUntil } from '../../core/pause.ts';
import { pauseWords } from '../../shared/messages/words.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isoOrNull } from '../present.ts';
import { UsageError } from '../usage-error.ts';

const pauseOptions = z.object({ for: z.string().optional(), untilTomorrow: z.boolean().default(false) });

export function run(context: Context, options: unknown): Promise<ExitCode> {
  const { output, messages, times } = context;
  const { for: length, untilTomorrow } = pauseOptions.parse(options);
  if (length !== undefined && untilTomorrow) {
    const question = messages.t('usage.one-of', { options: '--for, --until-tomorrow' });
    throw new UsageError(question, messages.t('usage.see-help', { command: 'jeton pause' }));
  }
  const now = Date.now();
  const pause =
    length === undefined ? pauseUntil(untilTomorrow ? 'tomorrow' : 'resumed', now) : pauseFor(length, now);
  return withEngine(context, {}, async ({ home }) => {
    await home.pauseStore.save(pause);
    output.result({ paused: true, until: isoOrNull(pause.until ?? undefined) }, [
      `${pauseWords(pause, messages, times)} ${messages.t('pause.how-to-resume')}`,
    ]);
    return EXIT.ok;
  });
}
