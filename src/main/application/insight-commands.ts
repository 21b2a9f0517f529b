import { codeOf } from '../../core/errors.ts';
import type { Activity, ActivityEvent } from '../../core/ports.ts';
import { scrub, shownName } from '../../core/scrub.ts';
import { readLicences } from '../../node/licences.ts';
import { readLastLines, readToFollow } from '../../node/log-reader.ts';
import { homePaths } from '../../node/paths.ts';
import { type Check, examine } from '../../node/reports/examination.ts';
import { warningFact } from '../../node/reports/fact.ts';
import type { Reply } from '../../shared/ipc/bridge.ts';
import { activityWords } from '../../shared/messages/activity-words.ts';
import type { Messages } from '../../shared/messages/messages.ts';
import { explainSignIn } from '../../shared/messages/sign-in-words.ts';
import type { Commands } from '../application.ts';
import type { Surroundings } from './surroundings.ts';

type InsightCommands = Pick<
  Commands,
  | 'listActivity'
  | 'readLogs'
  | 'followLogs'
  | 'unfollowLogs'
  | 'examine'
  | 'copyText'
  | 'readLicences'
  | 'openFolder'
  | 'openLink'
>;

type Tone = Reply<'listActivity'>['entries'][number]['tone'];

const TONE_OF: Readonly<Record<ActivityEvent, Tone>> = {
  renewed: 'good',
  'renewal-failed': 'problem',
  verified: 'good',
  'verification-failed': 'warning',
  recovered: 'good',
  superseded: 'plain',
  'refresh-token-kept': 'plain',
  added: 'good',
  removed: 'plain',
  paused: 'plain',
  resumed: 'plain',
  exchanged: 'good',
  backfilled: 'good',
  updated: 'good',
  'signed-in': 'good',
  lapsed: 'problem',
  forgotten: 'plain',
};

export function insightCommands(surroundings: Surroundings, refusedCalls: () => number): InsightCommands {
  const { folder, root, env, version, settingsFile, desktop, announcer, log, stop, use, words } =
    surroundings;
  let following: AbortController | undefined;
  return {
    listActivity: ({ id, limit, text = '', problems = false, known }) =>
      use(async ({ home }) => {
        const mark = await home.activity.total();
        if (mark === known) return { entries: [], mark };
        const fits = fitting(text, problems, words.messages);
        const entries = await home.activity.list({ limit, fits, ...(id !== undefined && { id }) });
        return {
          mark,
          entries: entries.map((entry) => ({
            at: entry.at,
            id: entry.id,
            name: shownName(entry.name),
            event: entry.event,
            what: activityWords(entry, words.messages),
            tone: TONE_OF[entry.event],
          })),
        };
      }),

    readLogs: async ({ count }) => ({ lines: (await readLastLines(folder, count)).map(scrub) }),

    async followLogs({ count = 0 }) {
      following?.abort();
      const own = (following = new AbortController());
      const read = await readToFollow(folder, count);
      const lines: string[] = [];
      const onLine = (line: string): void => {
        // What comes at once is told at once.
        if (lines.push(scrub(line)) > 1) return;
        setImmediate(() => {
          if (!own.signal.aborted) announcer.tell('logLines', { lines: lines.splice(0) });
        });
      };
      void read
        .goOn(onLine, AbortSignal.any([own.signal, stop.stopping]))
        .catch((cause: unknown) => log.warn('logs-not-followed', { code: codeOf(cause) }));
      return { lines: read.lines.map(scrub) };
    },

    async unfollowLogs() {
      following?.abort();
      following = undefined;
      return null;
    },

    async examine() {
      const { messages, times } = words;
      const facts: Reply<'examine'>['facts'] = [];
      const examined = { home: folder, env, version, settingsFile, messages, times, withHome: use };
      for await (const check of examine(examined)) facts.push(factOf(check));
      const { t } = messages;
      if (!desktop.hasSandbox) {
        const { message, remedy } = explainSignIn('no-sandbox', messages);
        facts.push({ ...warningFact(t('examine.sandbox'), message), remedy });
      }
      const count = refusedCalls();
      if (count > 0) {
        facts.push(warningFact(t('examine.refused-calls'), t('examine.refused-calls.count', { count })));
      }
      return { facts };

      function factOf({ subject, status, detail, remedy }: Check): Reply<'examine'>['facts'][number] {
        const tone = ({ ok: 'good', warning: 'warning', problem: 'problem' } as const)[status];
        return { label: messages.t(`doctor.${subject}`), text: detail, tone, remedy: remedy ?? null };
      }
    },

    async copyText({ text }) {
      desktop.copyText(text);
      return null;
    },

    readLicences: async () => ({ licences: [...(await readLicences(root))] }),

    async openFolder({ folder: which }) {
      await desktop.openFolder(which === 'home' ? folder : homePaths(folder).logs);
      return null;
    },

    async openLink({ link }) {
      await desktop.openLink(link);
      return null;
    },
  };
}

/** By what the person sees of it: its name, and what happened in their words. */
function fitting(text: string, problems: boolean, messages: Messages): (entry: Activity) => boolean {
  const lower = (of: string): string => of.toLocaleLowerCase(messages.locale);
  const wanted = lower(text).split(/\s+/).filter(Boolean);
  return (entry) => {
    const tone = TONE_OF[entry.event];
    if (problems && tone !== 'problem' && tone !== 'warning') return false;
    if (wanted.length === 0) return true;
    const seen = lower(`${shownName(entry.name)} ${entry.id} ${activityWords(entry, messages)}`);
    return wanted.every((word) => seen.includes(word));
  };
}
