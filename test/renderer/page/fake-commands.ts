/** What each call does in the fake main process: little, but it hangs together. */
import type { IntegrationView } from '../../../src/core/snapshot.ts';
import type { AcceptedArgs, Payload, Reply } from '../../../src/shared/ipc/bridge.ts';
import type { Call, Event } from '../../../src/shared/ipc/channels.ts';
import { explainFailure } from '../../../src/shared/messages/words.ts';
import { activityOf, bot, mainMessages, oneflex, slack, stateOf, type World } from './scenarios.ts';

type Commands = { readonly [C in Call]: (args: AcceptedArgs<C>) => Promise<Reply<C>> };

interface Main {
  readonly world: () => World;
  readonly change: (patch: Partial<World>) => void;
  readonly emit: <E extends Event>(event: E, payload: Payload<E>) => void;
}

const HOUR = 3_600_000;
const MINUTE = 60_000;

export function createCommands({ world, change, emit }: Main): Commands {
  const settings = new Map<string, Reply<'setSetting'>['previous']>([
    ['language', 'auto'],
    ['theme', 'system'],
    ['slack.apiUrl', 'https://slack.com/api'],
    ['slack.concurrency', 64],
    ['oneflex.url', 'https://oneflex.myworldline.com'],
    ['oneflex.browser', 'auto'],
    ['oneflex.signInWith', 'window'],
    ['oneflex.signInHosts', ''],
    ['database.integrationTable', 'alyawebapp_integration'],
    ['database.userIntegrationTable', 'alyawebapp_userintegration'],
    ['schedule.everyMinutes', null],
    ['log.level', 'info'],
    ['log.maxBytes', 2_000_000],
  ]);
  const defaults = new Map(settings);
  let alerts: Reply<'getAlerts'> = { state: 'off', format: null, waiting: 0, problem: null };
  let schedule: Reply<'getSchedule'> = {
    installed: false,
    everyMinutes: null,
    where: null,
    lastRunAt: null,
    lastRunFailed: false,
  };
  let signingIn = Promise.withResolvers<Reply<'signIn'>>();

  const replace = (id: string, patch: Partial<IntegrationView>): void =>
    change({
      integrations: world().integrations.map((view) => (view.id === id ? patched(view, patch) : view)),
    });
  const freshen = (ids: ReadonlySet<string>): void => {
    const now = Date.now();
    change({
      integrations: world().integrations.map((view) =>
        ids.has(view.id)
          ? patched(view, {
              state: { kind: 'fresh' },
              lastError: undefined,
              lastRenewedAt: now,
              expiresAt: now + (view.kind === 'slack' ? 12 * HOUR : 15 * MINUTE),
              worksUntil: now + (view.kind === 'slack' ? 12 * HOUR : 15 * MINUTE),
            })
          : view,
      ),
    });
  };
  const report = (ids: readonly string[]): Reply<'refresh'> => {
    const messages = mainMessages(world().language);
    const asked = world().integrations.filter(({ id }) => ids.includes(id));
    const isDead = ({ state }: IntegrationView): boolean => state.kind === 'needs-reinstall';
    const results = asked.map((view) => ({
      id: view.id,
      name: view.name,
      outcome: isDead(view) ? ('failed' as const) : ('renewed' as const),
      error:
        isDead(view) && view.lastError !== undefined
          ? explainFailure(view.lastError, view.id, messages)
          : null,
      note: null,
    }));
    freshen(new Set(asked.filter((view) => !isDead(view)).map(({ id }) => id)));
    const failed = asked.filter(isDead).length;
    return { renewed: asked.length - failed, unchanged: 0, failed, waiting: 0, skipped: 0, left: 0, results };
  };
  const foresee = (ids: readonly string[]): Reply<'refresh'> => {
    const asked = world().integrations.filter(({ id }) => ids.includes(id));
    const results = asked.map(({ id, name, state }) => ({
      id,
      name,
      outcome: state.kind === 'fresh' ? ('unchanged' as const) : ('would-renew' as const),
      error: null,
      note: null,
    }));
    const unchanged = results.filter(({ outcome }) => outcome === 'unchanged').length;
    return { renewed: 0, unchanged, failed: 0, waiting: 0, skipped: 0, left: 0, results };
  };
  const signedIn = (): Reply<'signIn'> => {
    const others = world().integrations.filter(({ kind }) => kind !== 'oneflex');
    change({ integrations: [oneflex(Date.now(), { expiresAt: Date.now() + 15 * MINUTE }), ...others] });
    return { kind: 'signed-in', account: 'Camille Moreau', note: null };
  };
  const databaseReport = (usable: boolean): Reply<'tryDatabase'> => ({
    usable,
    facts: [
      { label: 'PostgreSQL', text: '18.1', tone: 'good', remedy: null },
      usable
        ? { label: 'Rows', text: '3 Slack rows, none lacks anything', tone: 'good', remedy: null }
        : {
            label: 'Tables',
            text: 'there are none',
            tone: 'problem',
            remedy: 'Check that it is the right one.',
          },
    ],
  });
  const nothing = async (): Promise<null> => null;

  return {
    getState: async () => stateOf(world()),
    async retry() {
      const { vault, sources } = world();
      change({
        isInTrouble: false,
        hasBrokenSettings: false,
        vault: { ...vault, state: 'ready' },
        sources: sources.map(({ kind, state }) => ({
          kind,
          state: state === 'unreachable' ? 'connected' : state,
          code: undefined,
        })),
      });
      return null;
    },
    examineStore: async () => ({
      file: 'jeton.db',
      state: 'damaged',
      backup: { file: 'jeton.db.1', writtenAt: null, loss: ['What was given since is lost.'] },
    }),
    async restoreStore() {
      change({ isInTrouble: false });
      return { keptAt: 'jeton.db.set-aside-1' };
    },
    async setStoreAside() {
      change({ isInTrouble: false });
      return { keptAt: 'jeton.db.set-aside-1' };
    },
    async refresh({ ids, dryRun = false }) {
      const asked = ids ?? world().integrations.map(({ id }) => id);
      return dryRun ? foresee(asked) : report(asked);
    },
    async cancelRefresh() {
      const { renewing } = world();
      if (renewing !== null) change({ renewing: { ...renewing, isStopping: true } });
      return null;
    },
    async addSlack({ name }) {
      const id = `local:${world().integrations.length + 1}` as const;
      change({ integrations: [...world().integrations, slack(Date.now(), id, name)] });
      return { id, outcome: 'added' };
    },
    async updateSlack({ id }) {
      freshen(new Set([id]));
      return { outcome: 'updated' };
    },
    async removeIntegration({ id }) {
      change({ integrations: world().integrations.filter((view) => view.id !== id) });
      return null;
    },
    async pauseIntegration({ id }) {
      replace(id, { state: { kind: 'paused' } });
      return null;
    },
    async resumeIntegration({ id }) {
      replace(id, { state: { kind: 'fresh' } });
      return null;
    },
    exchange: async ({ id }) => report([id]),
    async backfill({ dryRun }) {
      const lacking = world().integrations.filter(({ lastError }) => lastError?.code === 'fields-missing');
      if (!dryRun) freshen(new Set(lacking.map(({ id }) => id)));
      return {
        rows: lacking.map(({ id, name }) => ({
          id,
          name,
          outcome: dryRun ? 'would-fill' : 'filled',
          fields: 'client id, client secret',
        })),
      };
    },
    async signIn({ browser }) {
      signingIn = Promise.withResolvers();
      change({ signingIn: browser === 'own' ? 'own' : 'window' });
      const result = await signingIn.promise;
      change({ signingIn: null });
      return result;
    },
    async cancelSignIn() {
      const { find } = mainMessages(world().language);
      signingIn.resolve({
        kind: 'ended',
        explanation: {
          code: 'cancelled',
          message: find('error.cancelled') ?? '',
          remedy: find('remedy.cancelled') ?? '',
        },
      });
      change({ signingIn: null });
      return null;
    },
    pasteTokens: async () => signedIn(),
    async renewOneflex() {
      freshen(new Set(['oneflex:1']));
      return { renewed: true, explanation: null };
    },
    verifyOneflex: async () => ({ account: 'Camille Moreau' }),
    async forgetOneflex() {
      change({ integrations: world().integrations.filter(({ kind }) => kind !== 'oneflex') });
      return { forgotten: true };
    },
    tryDatabase: async ({ url }) => databaseReport(url?.includes('empty') !== true),
    async connectDatabase() {
      const sources = world().sources.map((source) => patched(source, { state: 'connected' }));
      change({ sources, integrations: [...world().integrations, slack(Date.now(), 'app:31', 'Helpdesk')] });
      return databaseReport(true);
    },
    async disconnectDatabase() {
      const { integrations, sources } = world();
      change({
        integrations: integrations.filter(({ source }) => source === 'local'),
        sources: sources.map(({ kind }) => ({
          kind,
          state: kind === 'app' ? 'not-connected' : 'connected',
          code: undefined,
        })),
      });
      return { disconnected: true, held: null };
    },
    listTargets: async () => ({ targets: [...world().configs] }),
    async saveTarget({ target, replaces }) {
      const { configs, targets } = world();
      const view = bot(Date.now(), {
        name: target.name,
        file: `${target.dir}/${target.envFile}`,
        host: target.ssh?.destination,
        restart: target.restart,
        ...(replaces === undefined && { lastExport: undefined, lastRestart: undefined }),
      });
      change({
        configs: [...configs.filter(({ name }) => name !== replaces), target],
        targets: [...targets.filter(({ name }) => name !== replaces), view],
      });
      return null;
    },
    async removeTarget({ name }) {
      const { configs, targets } = world();
      change({
        configs: configs.filter((one) => one.name !== name),
        targets: targets.filter((one) => one.name !== name),
      });
      return null;
    },
    async checkTarget({ name, acceptHostKey }) {
      const host = world().targets.find((one) => one.name === name)?.host;
      const isKnown = host === undefined || acceptHostKey !== undefined;
      return {
        facts: isKnown
          ? [
              { label: 'File', text: 'can be written', tone: 'good', remedy: null },
              { label: 'Docker', text: '20.10.24, compose 1.29.2', tone: 'good', remedy: null },
              { label: 'Container', text: 'runs since Thu 09:00', tone: 'plain', remedy: null },
            ]
          : [],
        hostKey: isKnown
          ? null
          : { host, fingerprint: 'SHA256:test0000000000000000000000000000000000000000' },
      };
    },
    async exportTargets({ names, dryRun }) {
      const all = names ?? world().targets.map(({ name }) => name);
      if (dryRun !== true) {
        change({ exporting: all });
        for (const name of all) {
          emit('exportLine', { name, line: `Restarting ${name} ...` });
          emit('exportLine', { name, line: `Restarting ${name} ... done` });
        }
        const now = Date.now();
        change({
          exporting: [],
          targets: world().targets.map((target) =>
            patched(target, {
              pending: undefined,
              exportFailure: undefined,
              lastExport: { at: now, changedKeys: ['ONEFLEX_TOKEN'] },
              lastRestart: { at: now, failure: undefined, startedAt: '2026-11-28T04:00:00Z' },
            }),
          ),
        });
      }
      return {
        targets: all.map((name) => ({
          name,
          outcome: 'done',
          facts: [{ label: 'ONEFLEX_TOKEN', text: 'changed', tone: 'plain', remedy: null }],
        })),
      };
    },
    cancelExport: nothing,
    chooseFolder: async () => ({ path: '/srv/chosen-bot' }),
    getAlerts: async () => alerts,
    async setWebhook({ url, format }) {
      alerts = {
        state: 'on',
        format: format ?? (url.includes('slack') ? 'slack' : 'discord'),
        waiting: 0,
        problem: null,
      };
      return null;
    },
    testAlert: nothing,
    async turnAlertsOff() {
      alerts = { state: 'off', format: null, waiting: 0, problem: null };
      return null;
    },
    async initVault() {
      change({ vault: { state: 'ready', keySource: 'keychain' } });
      return null;
    },
    async unlockVault() {
      change({ vault: { state: 'ready', keySource: 'keychain' } });
      return null;
    },
    exportRecoveryKey: async () => ({ path: '/home/camille/jeton-recovery-key.txt' }),
    getSchedule: async () => schedule,
    async installSchedule({ everyMinutes, test = false, dryRun = false }) {
      if (dryRun) {
        return {
          installed: false,
          warnings: ['A scheduled run does not see HTTPS_PROXY.'],
          test: null,
          plan: {
            where: 'crontab',
            entry: `0 */${everyMinutes / 60} * * * node jeton slack refresh --scheduled`,
            change: schedule.installed ? 'replace' : 'add',
          },
        };
      }
      schedule = {
        installed: true,
        everyMinutes,
        where: 'crontab',
        lastRunAt: Date.now() - 3 * HOUR,
        lastRunFailed: false,
      };
      return { installed: true, warnings: [], test: test ? foresee([]) : null, plan: null };
    },
    async removeSchedule() {
      schedule = { ...schedule, installed: false, everyMinutes: null, where: null, lastRunAt: null };
      return null;
    },
    listSettings: async () => ({
      settings: [...settings].map(([key, value]) => ({
        key,
        value,
        from: key === 'oneflex.url' ? 'environment' : value === defaults.get(key) ? 'default' : 'file',
      })),
    }),
    async setSetting({ key, value }) {
      const previous = settings.get(key) ?? null;
      settings.set(key, value);
      if (key === 'language') change({ language: value === 'fr' ? 'fr' : 'en' });
      if (key === 'theme' && (value === 'system' || value === 'light' || value === 'dark')) {
        change({ theme: value });
      }
      return { previous };
    },
    async pauseAll({ until }) {
      change({ paused: { until: until === 'resumed' ? null : Date.now() + HOUR } });
      return null;
    },
    async resumeAll() {
      change({ paused: null });
      return null;
    },
    async setStartAtLogin({ on }) {
      change({ startAtLogin: on ? 'on' : 'off' });
      return null;
    },
    async listActivity({ id, limit, text = '', problems = false, known }) {
      const all = activityOf(world());
      const mark = all.length;
      if (mark === known) return { entries: [], mark };
      const wanted = text.toLowerCase().split(' ');
      const entries = all.filter(
        (entry) =>
          (id === undefined || entry.id === id) &&
          (!problems || entry.tone === 'problem') &&
          wanted.every((word) => `${entry.name} ${entry.what}`.toLowerCase().includes(word)),
      );
      return { entries: entries.slice(0, limit), mark };
    },
    readLogs: async ({ count }) => ({ lines: logLines(count) }),
    followLogs: async ({ count = 0 }) => ({ lines: logLines(count) }),
    unfollowLogs: nothing,
    examine: async () => ({
      facts: [
        {
          label: 'Home',
          text: world().language === 'fr' ? 'vous seul pouvez le lire' : 'only you can read it',
          tone: 'good',
          remedy: null,
        },
        { label: 'Slack', text: 'slack.com: 84 ms', tone: 'good', remedy: null },
        { label: 'Schedule', text: 'none', tone: 'plain', remedy: null },
        { label: 'Browser', text: 'Chromium 142', tone: 'good', remedy: null },
        { label: 'Clock', text: '93 s', tone: 'warning', remedy: 'timedatectl set-ntp true' },
        { label: 'Docker', text: 'docker: not found', tone: 'problem', remedy: 'Install Docker.' },
      ],
    }),
    copyText: nothing,
    readLicences: async () => ({
      licences: [
        { name: 'Jeton', text: 'MIT License\n\nCopyright (c) 2026 Jeton’s developers' },
        { name: 'zod 4.6.7', text: 'MIT License\n\nCopyright (c) 2020 Somebody else' },
      ],
    }),
    openFolder: nothing,
    openLink: nothing,
  };
}

function patched<T extends object>(whole: T, patch: Partial<T>): T {
  return { ...whole, ...patch };
}

function logLines(count: number): string[] {
  return Array.from({ length: Math.min(count, 300) }, (_, index) => {
    const level = index % 40 === 0 ? 'warn' : 'info';
    return `2026-11-28 03:${String(Math.floor(index / 6) % 60).padStart(2, '0')}:${String((index * 10) % 60).padStart(2, '0')}.000 [${level}] slack renewed id=app:${index % 20} ms=${80 + (index % 90)}`;
  });
}
