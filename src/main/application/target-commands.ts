import { JetonError } from '../../core/errors.ts';
import { findTarget } from '../../core/export/find-target.ts';
import { requireTarget } from '../../core/export/require-target.ts';
import type { TargetRecord } from '../../core/export/target.ts';
import { checkTarget, checkupFacts } from '../../node/reports/checkup.ts';
import { exportFacts, standingOf } from '../../node/reports/export-outcome.ts';
import { problemFact } from '../../node/reports/fact.ts';
import type { Reply } from '../../shared/ipc/bridge.ts';
import { explain } from '../../shared/messages/words.ts';
import type { Commands } from '../application.ts';
import type { Exports } from './exports.ts';
import type { Open, Surroundings } from './surroundings.ts';

type TargetCommands = Pick<
  Commands,
  | 'listTargets'
  | 'saveTarget'
  | 'removeTarget'
  | 'checkTarget'
  | 'exportTargets'
  | 'cancelExport'
  | 'chooseFolder'
>;

export function targetCommands(surroundings: Surroundings, exports: Exports): TargetCommands {
  const { use, desktop, words, lookSoon, folder } = surroundings;
  return {
    listTargets: () =>
      use(async ({ home }) => ({
        targets: (await home.targetStore.list()).map(({ target }) => target),
      })),

    async saveTarget({ target, replaces }) {
      await use(async ({ engine, home }) => {
        const { name } = target;
        requireTarget(target, await engine.snapshot());
        if (replaces === undefined) {
          if (!(await home.targetStore.add(target))) throw new JetonError('target-exists', { name });
          return;
        }
        const outcome = await home.targetStore.replace(replaces, target);
        if (outcome === 'none') throw new JetonError('target-not-found', { name: replaces });
        if (outcome === 'name-taken') throw new JetonError('target-exists', { name });
        if (outcome === 'held') throw new JetonError('target-busy', { name: replaces });
      });
      lookSoon();
      return null;
    },

    removeTarget: ({ name }) =>
      use(async ({ home }) => {
        if (!(await home.targetStore.remove(name))) throw new JetonError('target-not-found', { name });
        return null;
      }),

    checkTarget: ({ name, acceptHostKey }) =>
      use(async (open): Promise<Reply<'checkTarget'>> => {
        const record = await findTarget(open.home.targetStore, name);
        const offered = await admit(record, acceptHostKey, folder);
        if (offered !== undefined) {
          const { host, fingerprint } = offered.details;
          return {
            facts: [problemFact('', explain(offered, words.messages))],
            // Only what is not known, or was changed, is offered to be accepted.
            hostKey:
              fingerprint === undefined ? null : { host: String(host), fingerprint: String(fingerprint) },
          };
        }
        return { facts: await factsOf(record, open), hostKey: null };
      }),

    async exportTargets({ names, ...how }) {
      const outcomes = await exports.run({ names, trigger: 'asked', ...how });
      return {
        targets: outcomes.map((outcome) => ({
          name: outcome.result.name,
          outcome: standingOf(outcome),
          facts: exportFacts(outcome, words).map(({ label, text, tone, remedy }) => ({
            label,
            text,
            tone,
            remedy,
          })),
        })),
      };
    },

    async cancelExport({ name }) {
      exports.cancel(name);
      return null;
    },

    chooseFolder: async () => ({ path: (await desktop.chooseFolder()) ?? null }),
  };

  async function factsOf(record: TargetRecord, { engine }: Open): Promise<Reply<'checkTarget'>['facts']> {
    return [...checkupFacts(await checkTarget(record, engine, folder), words)];
  }
}

/** Why the target's machine is not let in, which is no error of the look at it. */
async function admit(
  { target }: TargetRecord,
  accepted: string | undefined,
  home: string,
): Promise<JetonError | undefined> {
  if (target.ssh === undefined) return undefined;
  const { admitHostKey } = await import('../../node/admit-host-key.ts');
  try {
    await admitHostKey(target, home, async ({ fingerprint }) => accepted === fingerprint);
    return undefined;
  } catch (cause) {
    if (cause instanceof JetonError) return cause;
    throw cause;
  }
}
