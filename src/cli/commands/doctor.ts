import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { JetonError } from '../../core/errors.ts';
import type { Inspection } from '../../core/export/restart.ts';
import type { TargetRecord } from '../../core/export/target.ts';
import type { Settings } from '../../core/settings.ts';
import type { IntegrationView, Snapshot } from '../../core/snapshot.ts';
import { systemClock } from '../../node/clock.ts';
import type { OpenHome } from '../../node/open-home.ts';
import { databaseUrl, openApplicationDatabase } from '../../node/open-home.ts';
import { openOsSchedule } from '../../node/os-schedule/os-schedule.ts';
import { saysItIsScheduled } from '../../node/os-schedule/schedule-request.ts';
import { homePaths } from '../../node/paths.ts';
import { findBrowser } from '../../node/sso/find-browser.ts';
import { explainRestart } from '../../shared/messages/restart-words.ts';
import type { Explanation } from '../../shared/messages/words.ts';
import { explain, explainSituation, reasonFor } from '../../shared/messages/words.ts';
import { channelLines } from '../alert-channel.ts';
import { VERSION, withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, exitCodeFor, type ExitCode, worstOf } from '../exit-codes.ts';
import { exitCodeOfRestart } from '../export-report.ts';
import { requireSlack } from '../inspection.ts';
import { lastRun } from '../last-run.ts';
import { failureOf, isFailing, isPersonNeeded, nameCell, noteLines } from '../present.ts';
import { intervalWords } from '../schedule-words.ts';
import { explainSignIn } from '../sign-in-report.ts';

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

interface Check {
  readonly subject: Subject;
  readonly status: 'ok' | 'warning' | 'problem';
  readonly detail: string;
  readonly remedy: string | undefined;
  /** What the whole examination ends with, if this is the worst of it. */
  readonly exitCode: ExitCode;
}

const SLACK_TIMEOUT_MS = 10_000;
const TOLERATED_SKEW_MS = 60_000;
const MINUTE_MS = 60_000;
/** More of them is what `jeton status` is for. */
const NAMED_INTEGRATIONS = 3;

export async function run(context: Context): Promise<ExitCode> {
  const { output, messages } = context;
  const { t } = messages;
  const checks: Check[] = [];
  for await (const check of examine(context)) {
    checks.push(check);
    output.line(lineOf(check, context));
    output.progress('…');
  }
  const problems = checks.filter(({ status }) => status === 'problem');
  const notes = checks.filter(({ status }) => status === 'warning').length;
  const wellOrNoted = notes === 0 ? t('doctor.all-well') : t('doctor.only-notes', { count: notes });
  const verdict = problems.length === 0 ? wellOrNoted : t('doctor.problems', { count: problems.length });
  output.line(`\n${verdict}`);
  const document = checks.map(({ subject, status, detail, remedy }) => ({
    subject,
    status,
    detail,
    remedy: remedy ?? null,
  }));
  output.result({ problems: problems.length, checks: document }, []);
  return worstOf(problems.map(({ exitCode }) => exitCode));
}

function lineOf({ subject, status, detail, remedy }: Check, context: Context): string {
  const { output, messages } = context;
  const { t } = messages;
  const look = { ok: ['✓', 'green'], warning: ['!', 'yellow'], problem: ['✗', 'red'] } as const;
  const [symbol, colour] = look[status];
  const word = output.colour(colour, `${symbol} ${t(`doctor.${status}`)}`);
  const pad = ' '.repeat(Math.max(0, 9 - t(`doctor.${status}`).length));
  const head = `${word}${pad} ${t(`doctor.${subject}`).padEnd(13)} `;
  if (remedy === undefined) return head + detail;
  return [
    head + detail,
    ...noteLines({ code: '', message: '', remedy }, context).filter((line) => line.trim() !== ''),
  ].join('\n');
}

async function* examine(context: Context): AsyncGenerator<Check> {
  yield await nodeCheck(context);
  yield settingsCheck(context);
  let home: Check[] | undefined;
  try {
    home = await withEngine(context, {}, async ({ home: open, engine }) => [
      ok('home', context.home),
      filesCheck(context),
      await vaultCheck(open, context),
      await databaseCheck(open, context),
      integrationsCheck(await engine.snapshot(), context),
      await journalCheck(open, context),
      alertsCheck(open, context),
      ...(await targetChecks(open, context)),
    ]);
  } catch (thrown) {
    // Settings have had their line.
    if (!(thrown instanceof JetonError && thrown.code === 'settings-invalid')) {
      home = [problem('home', thrown, context)];
    }
  }
  yield* home ?? [];
  yield* await slackChecks(context);
  yield await scheduleCheck(context);
  yield* browserChecks(context);
}

async function nodeCheck({ env, messages: { t } }: Context): Promise<Check> {
  const version = process.versions.node;
  const { ignoresProxy } = await import('../../node/http.ts');
  if (!ignoresProxy(version, env)) return ok('node', version);
  return warning('node', t('doctor.node.no-proxy', { version }), t('doctor.node.no-proxy.remedy'));
}

function settingsCheck(context: Context): Check {
  try {
    context.settingsFile.read();
    return ok('settings', homePaths(context.home).settings);
  } catch (thrown) {
    return problem('settings', thrown, context);
  }
}

function filesCheck({ home, env, messages: { t } }: Context): Check {
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
  return { subject: 'files', status: 'problem', detail, remedy, exitCode: EXIT.personNeeded };
}

async function vaultCheck({ vault }: OpenHome, context: Context): Promise<Check> {
  const { t, find } = context.messages;
  const { state, keySource, problem: trouble } = await vault.status();
  if (trouble !== undefined) return problem('vault', trouble, context);
  const source = find(`key-source.${keySource}`) ?? keySource;
  return ok('vault', t(state === 'missing' ? 'doctor.vault.missing' : 'doctor.vault.ready', { source }));
}

async function databaseCheck(home: OpenHome, context: Context): Promise<Check> {
  const { env, settings, messages } = context;
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
    return problem('database', thrown, context);
  }
}

/** What an integration lacks is told as `jeton status` tells it, where it is one; else whose it is. */
function integrationsCheck({ integrations }: Snapshot, context: Context): Check {
  const { t } = context.messages;
  const count = integrations.length;
  const troubled = integrations.filter(isPersonNeeded);
  const [first, ...others] = troubled.length > 0 ? troubled : integrations.filter(isFailing);
  if (first === undefined) {
    return ok(
      'integrations',
      t(count === 0 ? 'doctor.integrations.none' : 'doctor.integrations.ok', { count }),
    );
  }
  const nameOf = ({ id, name }: IntegrationView): string => `${nameCell(name)} (${id})`;
  const why = failureOf({ id: first.id, error: first.lastError }, context);
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
  return { subject: 'integrations', status: 'problem', detail, remedy, exitCode: EXIT.personNeeded };
}

async function journalCheck({ vault, journal }: OpenHome, { messages: { t } }: Context): Promise<Check> {
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

function alertsCheck({ alertStore }: OpenHome, context: Context): Check {
  const channel = alertStore.channel();
  const [detail = '', ...more] = channelLines(channel, context);
  if (channel === undefined) return warning('alerts', detail, context.messages.t('remedy.webhook-not-set'));
  if (channel.goneAt === undefined) return ok('alerts', [detail, ...more].join('; '));
  const remedy = context.messages.t('remedy.webhook-gone');
  return { subject: 'alerts', status: 'problem', detail, remedy, exitCode: EXIT.personNeeded };
}

/** Docker and the container of each bot, and the restarts that are owed. */
async function targetChecks({ targetStore }: OpenHome, context: Context): Promise<Check[]> {
  const checks: Check[] = [];
  for (const record of await targetStore.list()) {
    const { withTargetMachine } = await import('../../node/target-machine.ts');
    try {
      const inspection = await withTargetMachine(record.target, context.home, ({ containers, bot }) =>
        containers.inspect(bot),
      );
      checks.push(containerCheck(record, inspection, context));
    } catch (thrown) {
      checks.push(problem('target', thrown, context));
    }
  }
  return checks;
}

function containerCheck(record: TargetRecord, inspection: Inspection, { messages, times }: Context): Check {
  const { t } = messages;
  const { name } = record.target;
  if (inspection.kind === 'failed') {
    const { message, remedy } = explainRestart(inspection.failure, messages);
    const detail = t('doctor.target.trouble', { name, message });
    const exitCode = exitCodeOfRestart(inspection.failure);
    return { subject: 'target', status: 'problem', detail, remedy, exitCode };
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
    return warning('target', t('doctor.target.trouble', { name, message }), `jeton export ${name}`);
  }
  const versions = { docker: docker.version, form: compose.form, compose: compose.version };
  return ok('target', t('doctor.target.ok', { name, service, ...versions }));
}

function* browserChecks(context: Context): Generator<Check> {
  const { env, messages } = context;
  const browser = readSettings(context)?.oneflex.browser;
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

async function slackChecks(context: Context): Promise<Check[]> {
  const { env, messages } = context;
  const { t } = messages;
  const apiUrl = readSettings(context)?.slack.apiUrl;
  if (apiUrl === undefined) return [];
  const { host } = new URL(apiUrl);
  const { createHttp } = await import('../../node/http.ts');
  const http = createHttp({ version: VERSION, env });
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
      clockCheck(outcome.serverDate, startedAt + ms / 2, context),
    ];
  } finally {
    http.dispose();
  }
}

/** Slack's Date header counts whole seconds. */
function clockCheck(serverDate: number | undefined, ours: number, { messages: { t } }: Context): Check {
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
    exitCode: EXIT.personNeeded,
  };
}

async function scheduleCheck(context: Context): Promise<Check> {
  const { home, messages, times } = context;
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
  return { subject, status: 'ok', detail, remedy: undefined, exitCode: EXIT.ok };
}

function warning(subject: Subject, detail: string, remedy: string | undefined): Check {
  return { subject, status: 'warning', detail, remedy, exitCode: EXIT.ok };
}

function slackProblem(detail: string, remedy: string): Check {
  return { subject: 'slack', status: 'problem', detail, remedy, exitCode: EXIT.failed };
}

function problem(subject: Subject, thrown: unknown, { messages }: Context): Check {
  const { message, remedy }: Explanation = explain(thrown, messages);
  return { subject, status: 'problem', detail: message, remedy, exitCode: exitCodeFor(thrown) };
}

function readSettings({ settingsFile }: Context): Settings | undefined {
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
