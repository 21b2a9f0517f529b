/** Everything that Jeton depends on, looked at one by one: `jeton doctor`, and the window's diagnostics. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../../core/engine.ts';
import { JetonError } from '../../core/errors.ts';
import type { Inspection, RestartFailure } from '../../core/export/restart.ts';
import type { TargetRecord } from '../../core/export/target.ts';
import { shownName } from '../../core/scrub.ts';
import type { Settings } from '../../core/settings.ts';
import { type IntegrationView, isFailing, isPersonNeeded, type Snapshot } from '../../core/snapshot.ts';
import { explainRestart } from '../../shared/messages/restart-words.ts';
import { explainSignIn } from '../../shared/messages/sign-in-words.ts';
import { explain, explainFailure, explainSituation, reasonFor } from '../../shared/messages/words.ts';
import { systemClock } from '../clock.ts';
import { lastRun } from '../last-run.ts';
import type { OpenHome } from '../open-home.ts';
import { databaseUrl, openApplicationDatabase } from '../open-home.ts';
import { openOsSchedule } from '../os-schedule/os-schedule.ts';
import { saysItIsScheduled } from '../os-schedule/schedule-request.ts';
import { homePaths } from '../paths.ts';
import type { SettingsFile } from '../settings-file.ts';
import { findBrowser } from '../sso/find-browser.ts';
import { channelLines } from './alert-channel.ts';
import type { Wording } from './fact.ts';
import { requireSlack } from './inspection.ts';
import { intervalWords } from './schedule-words.ts';

type Subject =
  | 'node'
  | 'home'
  | 'files'
  | 'settings'
  | 'vault'
  | 'integrations'
  | 'database'
  | 'slack'
  | 'clock'
  | 'schedule'
  | 'journal'
  | 'alerts'
  | 'browser'
  | 'target';

/** What the whole examination comes to, if this is the worst of it. */
export type Concern =
  | { readonly kind: 'person-needed' }
  /** It passes, or nobody here can do anything about it. */
  | { readonly kind: 'passing' }
  | { readonly kind: 'thrown'; readonly thrown: unknown }
  | { readonly kind: 'restart'; readonly failure: RestartFailure };

export interface Check {
  readonly subject: Subject;
  readonly status: 'ok' | 'warning' | 'problem';
  readonly detail: string;
  readonly remedy: string | undefined;
  /** Of a problem. */
  readonly concern?: Concern;
}

export interface Examined extends Wording {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  readonly settingsFile: SettingsFile;
  /** Throws where the home cannot be opened. */
  readonly withHome: <T>(
    use: (open: { readonly home: OpenHome; readonly engine: Engine }) => Promise<T>,
  ) => Promise<T>;
}

const SLACK_TIMEOUT_MS = 10_000;
const TOLERATED_SKEW_MS = 60_000;
const MINUTE_MS = 60_000;
/** More of them is what `jeton status` is for. */
const NAMED_INTEGRATIONS = 3;

export async function* examine(examined: Examined): AsyncGenerator<Check> {
  yield await nodeCheck(examined);
  yield settingsCheck(examined);
  let home: Check[] | undefined;
  try {
    home = await examined.withHome(async ({ home: open, engine }) => [
      ok('home', examined.home),
      filesCheck(examined),
      await vaultCheck(open, examined),
      await databaseCheck(open, examined),
      integrationsCheck(await engine.snapshot(), examined),
      await journalCheck(open, examined),
      alertsCheck(open, examined),
      ...(await targetChecks(open, examined)),
    ]);
  } catch (thrown) {
    // Settings have had their line.
    if (!(thrown instanceof JetonError && thrown.code === 'settings-invalid')) {
      home = [problem('home', thrown, examined)];
    }
  }
  yield* home ?? [];
  yield* await slackChecks(examined);
  yield await scheduleCheck(examined);
  yield* browserChecks(examined);
}

async function nodeCheck({ env, messages: { t } }: Examined): Promise<Check> {
  const version = process.versions.node;
  const { ignoresProxy } = await import('../http.ts');
  if (!ignoresProxy(version, env)) return ok('node', version);
  return warning('node', t('doctor.node.no-proxy', { version }), t('doctor.node.no-proxy.remedy'));
}

function settingsCheck(examined: Examined): Check {
  try {
    examined.settingsFile.read();
    return ok('settings', homePaths(examined.home).settings);
  } catch (thrown) {
    return problem('settings', thrown, examined);
  }
}

function filesCheck({ home, env, messages: { t } }: Examined): Check {
  const { database, settings, logs } = homePaths(home);
  const paths = [
    database,
    `${database}-wal`,
    `${database}-shm`,
    settings,
    ...namesIn(logs).map((name) => join(logs, name)),
    ...[env['JETON_MASTER_KEY_FILE'], env['JETON_PASSPHRASE_FILE']].filter((path) => path !== undefined),
  ];
  const open = paths.filter(isOpenToOthers);
  if (open.length === 0) return ok('files', t('doctor.files.private'));
  const remedy = `chmod go-rwx ${open.join(' ')}`;
  const detail = t('doctor.files.open', { paths: open.join(', ') });
  return { subject: 'files', status: 'problem', detail, remedy, concern: { kind: 'person-needed' } };
}

async function vaultCheck({ vault }: OpenHome, examined: Examined): Promise<Check> {
  const { t, find } = examined.messages;
  const { state, keySource, problem: trouble } = await vault.status();
  if (trouble !== undefined) return problem('vault', trouble, examined);
  const source = find(`key-source.${keySource}`) ?? keySource;
  return ok('vault', t(state === 'missing' ? 'doctor.vault.missing' : 'doctor.vault.ready', { source }));
}

async function databaseCheck(home: OpenHome, examined: Examined): Promise<Check> {
  const { env, messages } = examined;
  const { settings } = home.options;
  const { t } = messages;
  try {
    const url = await databaseUrl(home.secrets, env);
    const database = await openApplicationDatabase(url, settings, home.presence.isDead);
    try {
      const inspection = await database.inspect();
      requireSlack(inspection);
      const { serverVersion, rows } = inspection;
      const counted = t('database.rows', { count: rows.length });
      return ok('database', t('doctor.database.ok', { version: serverVersion, rows: counted }));
    } finally {
      await database.dispose();
    }
  } catch (thrown) {
    if (thrown instanceof JetonError && thrown.code === 'database-not-connected') {
      return warning('database', t('doctor.database.none'), t('doctor.database.remedy.none'));
    }
    return problem('database', thrown, examined);
  }
}

/** What an integration lacks is told as `jeton status` tells it, where it is one; else whose it is. */
function integrationsCheck({ integrations }: Snapshot, examined: Examined): Check {
  const { t } = examined.messages;
  const count = integrations.length;
  const troubled = integrations.filter(isPersonNeeded);
  const [first, ...others] = troubled.length > 0 ? troubled : integrations.filter(isFailing);
  if (first === undefined) {
    return ok(
      'integrations',
      t(count === 0 ? 'doctor.integrations.none' : 'doctor.integrations.ok', { count }),
    );
  }
  const nameOf = ({ id, name }: IntegrationView): string => `${shownName(name)} (${id})`;
  const why =
    first.lastError === undefined ? undefined : explainFailure(first.lastError, first.id, examined.messages);
  const isOne = others.length === 0 && why !== undefined;
  const detail = isOne
    ? `${nameOf(first)}: ${why.message}`
    : t('doctor.integrations.several', {
        count: 1 + others.length,
        names: [
          ...[first, ...others].slice(0, NAMED_INTEGRATIONS).map(nameOf),
          ...(others.length < NAMED_INTEGRATIONS ? [] : ['…']),
        ].join(', '),
      });
  const remedy = isOne ? why.remedy : t('doctor.integrations.several.remedy');
  if (troubled.length === 0) return warning('integrations', detail, remedy);
  return { subject: 'integrations', status: 'problem', detail, remedy, concern: { kind: 'person-needed' } };
}

async function journalCheck({ vault, journal }: OpenHome, { messages: { t } }: Examined): Promise<Check> {
  const { state } = await vault.status();
  if (state === 'locked') return warning('journal', t('doctor.journal.unknown'), undefined);
  const waiting = state === 'missing' ? [] : await journal.pending();
  if (waiting.length === 0) return ok('journal', t('doctor.journal.ok'));
  return warning(
    'journal',
    t('doctor.journal.waiting', { count: waiting.length }),
    t('doctor.journal.remedy'),
  );
}

function alertsCheck({ alertStore }: OpenHome, examined: Examined): Check {
  const channel = alertStore.channel();
  const [detail = '', ...more] = channelLines(channel, examined);
  if (channel === undefined) return warning('alerts', detail, examined.messages.t('remedy.webhook-not-set'));
  if (channel.goneAt === undefined) return ok('alerts', [detail, ...more].join('; '));
  const remedy = examined.messages.t('remedy.webhook-gone');
  return { subject: 'alerts', status: 'problem', detail, remedy, concern: { kind: 'person-needed' } };
}

/** Docker and the container of each bot, and the restarts that are owed. */
async function targetChecks({ targetStore }: OpenHome, examined: Examined): Promise<Check[]> {
  const checks: Check[] = [];
  for (const record of await targetStore.list()) {
    const { withTargetMachine } = await import('../target-machine.ts');
    try {
      const inspection = await withTargetMachine(record.target, examined.home, ({ containers, bot }) =>
        containers.inspect(bot),
      );
      checks.push(containerCheck(record, inspection, examined));
    } catch (thrown) {
      checks.push(problem('target', thrown, examined));
    }
  }
  return checks;
}

function containerCheck(record: TargetRecord, inspection: Inspection, { messages, times }: Examined): Check {
  const { t } = messages;
  const { name } = record.target;
  if (inspection.kind === 'failed') {
    const { message, remedy } = explainRestart(inspection.failure, messages);
    const detail = t('doctor.target.trouble', { name, message });
    const concern = { kind: 'restart', failure: inspection.failure } as const;
    return { subject: 'target', status: 'problem', detail, remedy, concern };
  }
  const { docker, compose, service, container } = inspection;
  if (container?.running !== true) {
    return warning(
      'target',
      t('doctor.target.stopped', { name, service }),
      t('doctor.target.stopped.remedy'),
    );
  }
  if (record.pending !== undefined) {
    const message = t('target.pending.plain', { when: times.relative(record.pending.since) });
    return warning(
      'target',
      t('doctor.target.trouble', { name, message }),
      t('doctor.target.pending.remedy', { name }),
    );
  }
  const versions = { docker: docker.version, form: compose.form, compose: compose.version };
  return ok('target', t('doctor.target.ok', { name, service, ...versions }));
}

function* browserChecks(examined: Examined): Generator<Check> {
  const { env, messages } = examined;
  const browser = readSettings(examined)?.oneflex.browser;
  if (browser === undefined) return;
  const found = findBrowser(browser, { platform: process.platform, env });
  yield found.kind === 'found'
    ? ok('browser', found.path)
    : warning(
        'browser',
        messages.t('doctor.browser.none'),
        explainSignIn('no-browser', messages, { browsers: '' }).remedy,
      );
}

async function slackChecks(examined: Examined): Promise<Check[]> {
  const { env, messages } = examined;
  const { t } = messages;
  const apiUrl = readSettings(examined)?.slack.apiUrl;
  if (apiUrl === undefined) return [];
  const { host } = new URL(apiUrl);
  const { createHttp } = await import('../http.ts');
  const http = createHttp({ version: examined.version, env });
  try {
    const startedAt = systemClock.now();
    // Answers to anybody, without a token: docs.slack.dev/reference/methods/api.test
    const outcome = await http.send({
      method: 'POST',
      url: `${apiUrl}/api.test`,
      timeoutMs: SLACK_TIMEOUT_MS,
    });
    const ms = systemClock.now() - startedAt;
    if (outcome.kind !== 'response') {
      const reason = reasonFor(outcome.code, messages);
      const { remedy } = explainSituation('slack-unreachable', { reason: outcome.code }, messages);
      return [slackProblem(t('doctor.slack.problem', { host, reason }), remedy)];
    }
    if (outcome.body.kind !== 'json') {
      const reason = t('doctor.slack.no-api', { status: outcome.status });
      return [slackProblem(t('doctor.slack.problem', { host, reason }), t('remedy.slack-unreachable'))];
    }
    return [
      ok('slack', t('doctor.slack.ok', { host, ms })),
      clockCheck(outcome.serverDate, startedAt + ms / 2, examined),
    ];
  } finally {
    http.dispose();
  }
}

/** Slack's Date header counts whole seconds. */
function clockCheck(serverDate: number | undefined, ours: number, { messages: { t } }: Examined): Check {
  if (serverDate === undefined) return warning('clock', t('doctor.clock.unknown'), undefined);
  const skewMs = Math.abs(ours - serverDate);
  const seconds = Math.max(1, Math.round(skewMs / 1000));
  if (skewMs <= TOLERATED_SKEW_MS) return ok('clock', t('doctor.clock.ok', { seconds }));
  const detail = t('doctor.clock.problem', { seconds });
  return {
    subject: 'clock',
    status: 'problem',
    detail,
    remedy: t('doctor.clock.remedy'),
    concern: { kind: 'person-needed' },
  };
}

async function scheduleCheck(examined: Examined): Promise<Check> {
  const { home, messages, times } = examined;
  const { t } = messages;
  try {
    const status = await openOsSchedule().status();
    if (!status.installed) return warning('schedule', t('doctor.schedule.none'), t('schedule.status.how'));
    const interval = intervalWords(status.everyMinutes, messages);
    if (!saysItIsScheduled(status.command)) {
      return warning('schedule', t('doctor.schedule.earlier', { interval }), t('schedule.earlier.remedy'));
    }
    const last = lastRun(home, 'scheduled');
    const when = last === undefined ? t('time.never') : times.relative(last.endedAt);
    const tolerated = 2 * (status.everyMinutes ?? Infinity) * MINUTE_MS;
    const isLate = last !== undefined && systemClock.now() - last.endedAt > tolerated;
    if (!isLate) return ok('schedule', t('doctor.schedule.installed', { interval, when }));
    return warning(
      'schedule',
      t('doctor.schedule.late', { interval, when }),
      t('doctor.schedule.late.remedy'),
    );
  } catch (thrown) {
    if (!(thrown instanceof JetonError)) throw thrown;
    const { message, remedy } = explain(thrown, messages);
    return warning('schedule', message, remedy);
  }
}

function ok(subject: Subject, detail: string): Check {
  return { subject, status: 'ok', detail, remedy: undefined };
}

function warning(subject: Subject, detail: string, remedy: string | undefined): Check {
  return { subject, status: 'warning', detail, remedy };
}

function slackProblem(detail: string, remedy: string): Check {
  return { subject: 'slack', status: 'problem', detail, remedy, concern: { kind: 'passing' } };
}

function problem(subject: Subject, thrown: unknown, { messages }: Examined): Check {
  const { message, remedy } = explain(thrown, messages);
  return { subject, status: 'problem', detail: message, remedy, concern: { kind: 'thrown', thrown } };
}

function readSettings({ settingsFile }: Examined): Settings | undefined {
  try {
    return settingsFile.read();
  } catch {
    return undefined;
  }
}

function isOpenToOthers(path: string): boolean {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  return process.platform !== 'win32' && (mode & 0o077) !== 0;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
