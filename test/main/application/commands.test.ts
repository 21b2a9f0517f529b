/** Every call of the contract, in good and in bad order. What goes in and comes out is held to its schemas. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ErrorCode } from '../../../src/core/errors.ts';
import { storeFile } from '../../../src/node/database/open.ts';
import type { Args } from '../../../src/shared/ipc/bridge.ts';
import { type Call, CALLS } from '../../../src/shared/ipc/channels.ts';
import { startWebhookSink, type WebhookSink } from '../../simulators/webhook-sink.ts';
import {
  type ApplicationWorld,
  createApplicationWorld,
  type RunningApplication,
} from '../../support/application-world.ts';
import { freePort } from '../../support/free-port.ts';
import { TEST_KEY } from '../../support/open-stores.ts';
import { signedInWith } from '../../fakes/fake-desktop.ts';
import { SecretSearch } from '../../support/secret-search.ts';
import { inPrivateCrontab } from '../../support/private-crontab.ts';

type Scene = RunningApplication & { readonly world: ApplicationWorld };

async function setScene(): Promise<Scene> {
  const world = await createApplicationWorld();
  return { ...(await world.start()), world };
}

async function addTeam({ call, world }: Scene): Promise<Args<'pauseIntegration'>['id']> {
  const { chain: _, ...app } = world.newApp();
  return (await call('addSlack', app)).id;
}

async function signIn({ call, world }: Scene, account = world.worldline.employee) {
  const reply = call('signIn', { browser: 'window' });
  await world.desktop.signInWindow.opened();
  world.desktop.signInWindow.end(signedInWith(world.worldline.issue(account)));
  return reply;
}

async function addBot({ call, world }: Scene) {
  const bot = world.newBot();
  await call('saveTarget', { target: bot.target });
  return bot;
}

async function startSink(): Promise<WebhookSink> {
  const sink = await startWebhookSink();
  onTestFinished(() => sink.stop());
  return sink;
}

const NO_DATABASE = 'not a database at all';

/** With a backup beside it, as an update of the schema makes one. */
async function damageStore(application: Scene['application'], { folder }: ApplicationWorld): Promise<void> {
  await application.close();
  const file = storeFile(folder);
  const backups = join(folder, 'backups');
  mkdirSync(backups, { recursive: true });
  copyFileSync(file, join(backups, 'jeton-2026-11-28T090000.000Z-v1.db'));
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
  writeFileSync(file, NO_DATABASE);
}

type Check = (scene: Scene) => Promise<void>;

/** At least one check of each call that goes well. */
const WELL: { readonly [C in Call]: Check } = {
  async getState({ call, application }) {
    expect(await call('getState')).toEqual(application.state);
  },
  async retry({ call, application }) {
    await call('retry');
    expect(application.state.trouble).toBeNull();
  },
  async examineStore({ call, world }) {
    const file = storeFile(world.folder);
    expect(await call('examineStore')).toEqual({ file, state: 'sound', backup: null });
  },
  async restoreStore({ call, application, world }) {
    await damageStore(application, world);
    const file = storeFile(world.folder);
    const again = await world.start();
    const { backup } = await again.call('examineStore');
    expect(backup?.loss.join(' ')).toContain('what was added since cannot be told');
    const { keptAt } = await again.call('restoreStore');
    expect(readFileSync(keptAt ?? '', 'utf8')).toBe(NO_DATABASE);
    expect(again.application.state.trouble).toBeNull();
    expect(await call('examineStore')).toMatchObject({ file, state: 'sound' });
  },
  async setStoreAside({ application, world }) {
    await damageStore(application, world);
    const again = await world.start();
    expect(again.application.state.trouble).toMatchObject({ code: 'store-corrupt' });
    const { keptAt } = await again.call('setStoreAside');
    expect(readFileSync(keptAt, 'utf8')).toBe(NO_DATABASE);
    expect(again.application.state).toMatchObject({ trouble: null, overall: 'fresh' });
  },
  async refresh(scene) {
    const id = await addTeam(scene);
    expect(await scene.call('refresh')).toMatchObject({ renewed: 0, unchanged: 1, failed: 0 });
    const asked = scene.world.slack.ledger.length;
    expect(await scene.call('refresh', { dryRun: true, force: true })).toEqual({
      renewed: 0,
      unchanged: 0,
      failed: 0,
      waiting: 0,
      skipped: 0,
      left: 0,
      results: [{ id, name: 'Team 1', outcome: 'would-renew', error: null, note: null }],
    });
    expect(scene.world.slack.ledger).toHaveLength(asked);
    const forced = await scene.call('refresh', { ids: [id], force: true });
    expect(forced).toEqual({
      renewed: 1,
      unchanged: 0,
      failed: 0,
      waiting: 0,
      skipped: 0,
      left: 0,
      results: [{ id, name: 'Team 1', outcome: 'renewed', error: null, note: null }],
    });
  },
  async cancelRefresh(scene) {
    const id = await addTeam(scene);
    await scene.call('cancelRefresh');
    expect(await scene.call('refresh', { ids: [id], force: true })).toMatchObject({ renewed: 1, left: 0 });
    const underWay = scene.call('refresh', { ids: [id], force: true });
    await scene.call('cancelRefresh');
    expect(await underWay).toMatchObject({ renewed: 0, failed: 0, left: 1 });
  },
  async addSlack(scene) {
    const id = await addTeam(scene);
    expect(id).toBe('local:1');
    const state = await scene.until(({ rows }) => rows.length === 1);
    expect(state.snapshot.integrations[0]).toMatchObject({ id, name: 'Team 1', state: { kind: 'fresh' } });
    scene.world.slack.inject({ kind: 'reset', processed: true }, { times: 9 });
    const { chain: _, ...app } = scene.world.newApp();
    expect(await scene.call('addSlack', app)).toEqual({
      id: 'local:2',
      outcome: 'in-doubt',
    });
  },
  async updateSlack(scene) {
    const id = await addTeam(scene);
    const { refreshToken } = scene.world.newApp();
    expect(await scene.call('updateSlack', { id, refreshToken })).toEqual({ outcome: 'updated' });
  },
  async removeIntegration(scene) {
    const id = await addTeam(scene);
    expect(await scene.call('removeIntegration', { id })).toBeNull();
    await scene.until(({ rows }) => rows.length === 0);
  },
  async pauseIntegration(scene) {
    const id = await addTeam(scene);
    expect(await scene.call('pauseIntegration', { id })).toBeNull();
    await scene.until(({ rows }) => rows[0]?.action === 'resume');
  },
  async resumeIntegration(scene) {
    const id = await addTeam(scene);
    await scene.call('pauseIntegration', { id });
    await scene.until(({ rows }) => rows[0]?.action === 'resume');
    expect(await scene.call('resumeIntegration', { id })).toBeNull();
    await scene.until(({ rows }) => rows[0]?.action === 'renew');
  },
  async exchange(scene) {
    // Only rows of the application hold long-lived tokens: what is refused is all there is to see here.
    const id = await addTeam(scene);
    expect(await scene.refusalOf('exchange', { id })).toMatchObject({
      code: 'already-rotating',
      remedy: 'Nothing to exchange. It can be renewed in its row.',
    });
  },
  async backfill(scene) {
    await addTeam(scene);
    const { clientId, clientSecret } = scene.world.newApp();
    expect(await scene.call('backfill', { clientId, clientSecret, dryRun: true })).toEqual({
      rows: [{ id: 'local:1', name: 'Team 1', outcome: 'complete', fields: '' }],
    });
  },
  async signIn(scene) {
    expect(await signIn(scene)).toEqual({ kind: 'signed-in', account: 'Camille Testeur', note: null });
    const state = await scene.until(({ rows, signingIn }) => rows.length === 1 && !signingIn);
    expect(state.rows).toEqual([{ id: 'oneflex:1', action: 'renew', failure: null }]);
  },
  async cancelSignIn({ call, refusalOf, world, until }) {
    const refusal = refusalOf('signIn', { browser: 'window' });
    await world.desktop.signInWindow.opened();
    await until(({ signingIn }) => signingIn);
    await call('cancelSignIn');
    expect(await refusal).toMatchObject({ code: 'cancelled' });
    await until(({ signingIn }) => !signingIn);
    expect(world.desktop.signInWindow.isOpen).toBe(false);
  },
  async pasteTokens({ call, world }) {
    const tokens = world.worldline.issue(world.worldline.employee);
    expect(await call('pasteTokens', tokens)).toEqual({
      kind: 'signed-in',
      account: 'Camille Testeur',
      note: null,
    });
  },
  async renewOneflex(scene) {
    scene.world.worldline.configure({ tokenEndpoint: 'both-tokens' });
    await signIn(scene);
    expect(await scene.call('renewOneflex')).toEqual({ renewed: true, explanation: null });
  },
  async verifyOneflex(scene) {
    await signIn(scene);
    expect(await scene.call('verifyOneflex')).toEqual({ account: 'Camille Testeur' });
  },
  async forgetOneflex(scene) {
    const { call, until, world } = scene;
    await signIn(scene);
    expect(await call('forgetOneflex')).toEqual({ forgotten: true });
    await until(({ rows }) => rows.length === 0);
    expect(world.desktop.signInWindow.hasProfile).toBe(false);
    expect(await call('forgetOneflex')).toEqual({ forgotten: false });
  },
  async tryDatabase({ refusalOf }) {
    expect(await refusalOf('tryDatabase')).toMatchObject({ code: 'database-not-connected' });
  },
  async connectDatabase({ refusalOf }) {
    const url = `postgresql://nobody:test-password-7@127.0.0.1:${await freePort()}/x`;
    expect(await refusalOf('connectDatabase', { url })).toMatchObject({ code: 'database-unreachable' });
    expect(await refusalOf('tryDatabase', { url })).toMatchObject({ code: 'database-unreachable' });
    expect(await refusalOf('connectDatabase', { url: 'nonsense' })).toMatchObject({
      code: 'database-url-invalid',
    });
  },
  async disconnectDatabase({ call }) {
    expect(await call('disconnectDatabase')).toEqual({ disconnected: false, held: null });
  },
  async listTargets(scene) {
    const { target } = await addBot(scene);
    expect(await scene.call('listTargets')).toEqual({ targets: [expect.objectContaining(target)] });
  },
  async saveTarget(scene) {
    const { target } = await addBot(scene);
    await scene.call('saveTarget', { target: { ...target, name: 'other' }, replaces: 'bot' });
    const state = await scene.until(({ bots }) => bots[0]?.name === 'other');
    expect(state.bots).toHaveLength(1);
  },
  async removeTarget(scene) {
    await addBot(scene);
    expect(await scene.call('removeTarget', { name: 'bot' })).toBeNull();
    await scene.until(({ bots }) => bots.length === 0);
  },
  async checkTarget(scene) {
    await signIn(scene);
    await addBot(scene);
    const { facts, hostKey } = await scene.call('checkTarget', { name: 'bot' });
    expect(hostKey).toBeNull();
    expect(facts[0]).toMatchObject({ label: 'File', tone: 'plain', text: expect.stringContaining('.env') });
  },
  async exportTargets(scene) {
    await signIn(scene);
    const { file } = await addBot(scene);
    const dry = await scene.call('exportTargets', { names: ['bot'], dryRun: true });
    expect(dry.targets).toMatchObject([{ name: 'bot', outcome: 'done' }]);
    const { targets } = await scene.call('exportTargets', { force: true, restart: false });
    expect(targets).toMatchObject([{ name: 'bot', outcome: 'done' }]);
    expect(readFileSync(file, 'utf8')).toContain('ONEFLEX_TOKEN=');
  },
  async cancelExport(scene) {
    await signIn(scene);
    const { target } = await addBot(scene);
    const another = { ...target, name: 'bot-2', envFile: 'other.env' };
    await scene.call('saveTarget', { target: another });
    // What the background began is over: it would be taken for what is asked for below.
    await scene.until(
      ({ snapshot: { targets }, exporting }) =>
        targets.filter(({ lastExport }) => lastExport !== undefined).length === 2 && exporting.length === 0,
    );
    // Another Jeton is at them, and is waited for.
    const elsewhere = await scene.world.elsewhere();
    const names = ['bot', 'bot-2'];
    for (const name of names) {
      await vi.waitUntil(() => elsewhere.targetStore.claim(name, 'somebody', 60_000));
    }
    const underWay = names.map((name) => scene.call('exportTargets', { names: [name] }));
    await scene.until(({ exporting }) => exporting.length === 2);
    await scene.call('cancelExport', { name: 'bot' });
    expect((await underWay[0])?.targets).toMatchObject([{ name: 'bot', outcome: 'waiting' }]);
    // Time enough for the other to end as well, if it did.
    await scene.call('verifyOneflex');
    await scene.until(({ exporting }) => exporting.join() === 'bot-2');
    await elsewhere.targetStore.release('bot-2', 'somebody');
    expect((await underWay[1])?.targets).toMatchObject([{ name: 'bot-2', outcome: 'done' }]);
    await scene.until(({ exporting }) => exporting.length === 0);
  },
  async chooseFolder({ call, world }) {
    expect(await call('chooseFolder')).toEqual({ path: null });
    world.desktop.chosen = '/srv/bot';
    expect(await call('chooseFolder')).toEqual({ path: '/srv/bot' });
  },
  async getAlerts({ call }) {
    expect(await call('getAlerts')).toEqual({ state: 'off', format: null, waiting: 0, problem: null });
  },
  async setWebhook({ call }) {
    const sink = await startSink();
    await call('setWebhook', { url: sink.discordUrl, test: true });
    expect(sink.received).toHaveLength(1);
    expect(await call('getAlerts')).toMatchObject({ state: 'on', format: 'slack', problem: null });
    await call('setWebhook', { url: sink.discordUrl, format: 'discord', test: false });
    expect(await call('getAlerts')).toMatchObject({ format: 'discord' });
  },
  async testAlert({ call, refusalOf }) {
    const sink = await startSink();
    await call('setWebhook', { url: sink.slackUrl, test: false });
    await call('testAlert');
    expect(sink.received).toHaveLength(1);
    sink.inject({ kind: 'status', status: 404 });
    expect(await refusalOf('testAlert')).toMatchObject({ code: 'webhook-gone' });
    expect(await call('getAlerts')).toMatchObject({ state: 'gone', problem: expect.any(String) });
  },
  async turnAlertsOff({ call }) {
    await call('setWebhook', { url: (await startSink()).slackUrl, test: false });
    await call('turnAlertsOff');
    expect(await call('getAlerts')).toMatchObject({ state: 'off' });
  },
  async initVault({ call, refusalOf }) {
    await call('initVault');
    expect(await refusalOf('initVault')).toMatchObject({ code: 'vault-exists', remedy: 'Nothing to do.' });
  },
  async unlockVault({ call }) {
    await call('initVault');
    // Its key is in a file, which is at hand.
    expect(await call('unlockVault', { recoveryKey: TEST_KEY })).toBeNull();
  },
  async exportRecoveryKey({ call, refusalOf, world }) {
    await call('initVault');
    expect(await call('exportRecoveryKey')).toEqual({ path: null });
    const path = join(world.folder, 'recovery-key.txt');
    world.desktop.chosen = path;
    expect(await call('exportRecoveryKey')).toEqual({ path });
    expect(readFileSync(path, 'utf8').trim()).toBe(TEST_KEY);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    // Where somebody said yes to "Replace?": what is there may be the only copy of another vault's.
    writeFileSync(path, 'of another vault');
    expect(await refusalOf('exportRecoveryKey')).toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining(path),
      remedy: expect.stringContaining('Choose another name'),
    });
    expect(readFileSync(path, 'utf8')).toBe('of another vault');
    expect(world.desktop.suggestedNames[0]).toMatch(/^jeton-recovery-key-\d{4}-\d\d-\d\d-\d{6}\.txt$/);
  },
  async getSchedule({ call }) {
    inPrivateCrontab();
    expect(await call('getSchedule')).toEqual({
      installed: false,
      everyMinutes: null,
      where: null,
      lastRunAt: null,
      lastRunFailed: false,
    });
  },
  async installSchedule(scene) {
    const { call, world } = scene;
    const { folder } = inPrivateCrontab();
    for (const name of ['node', 'index.js']) writeFileSync(join(folder, name), '', { mode: 0o755 });
    symlinkSync(join(folder, 'index.js'), join(folder, 'jeton'));
    world.env['PATH'] = folder;
    const id = await addTeam(scene);
    world.slack.inject({ kind: 'error', error: 'internal_error' }, { times: 9 });
    expect(await call('refresh', { ids: [id], force: true })).toMatchObject({ failed: 1 });
    expect(await call('installSchedule', { everyMinutes: 240, test: true })).toMatchObject({
      installed: false,
      test: { failed: 1, results: [{ id, outcome: 'failed' }] },
    });
    expect(await call('getSchedule')).toMatchObject({ installed: false });
    const dry = await call('installSchedule', { everyMinutes: 240, dryRun: true });
    expect(dry).toMatchObject({
      installed: false,
      warnings: expect.any(Array),
      test: null,
      plan: { entry: expect.stringContaining('slack refresh'), change: 'add' },
    });
    expect(await call('getSchedule')).toMatchObject({ installed: false });
    expect(world.settingsFile.get('schedule.everyMinutes')).toBeNull();
    expect(await call('installSchedule', { everyMinutes: 240 })).toMatchObject({
      installed: true,
      plan: null,
      warnings: expect.any(Array),
      test: null,
    });
    expect(await call('getSchedule')).toMatchObject({ installed: true, everyMinutes: 240 });
    expect(world.settingsFile.get('schedule.everyMinutes')).toBe(240);
  },
  async removeSchedule({ call }) {
    inPrivateCrontab();
    await call('removeSchedule');
    expect(await call('getSchedule')).toMatchObject({ installed: false });
  },
  async listSettings({ call }) {
    const { settings } = await call('listSettings');
    expect(settings).toContainEqual({ key: 'theme', value: 'system', from: 'default' });
    expect(settings).toContainEqual({ key: 'oneflex.signInWith', value: 'window', from: 'default' });
  },
  async setSetting({ call }) {
    expect(await call('setSetting', { key: 'slack.concurrency', value: 8 })).toEqual({ previous: 64 });
    expect(await call('setSetting', { key: 'slack.concurrency', value: 64 })).toEqual({ previous: 8 });
  },
  async pauseAll({ call, until }) {
    await call('pauseAll', { until: 'resumed' });
    const state = await until(({ paused }) => paused !== null);
    expect(state).toMatchObject({ paused: { until: null }, overall: 'paused' });
    expect(state.sentence).toBe('Paused until you resume it: nothing is renewed by itself.');
  },
  async resumeAll({ call, until }) {
    await call('pauseAll', { until: 'an-hour' });
    await until(({ paused }) => paused !== null);
    await call('resumeAll');
    expect(await until(({ paused }) => paused === null)).toMatchObject({ overall: 'fresh' });
  },
  async setStartAtLogin({ call, until }) {
    await call('setStartAtLogin', { on: true });
    const state = await until(({ startAtLogin }) => startAtLogin === 'on');
    expect(state.startAtLogin).toBe('on');
  },
  async listActivity(scene) {
    const id = await addTeam(scene);
    const { entries } = await scene.call('listActivity', { id, limit: 10 });
    expect(entries[0]).toMatchObject({ id, event: 'added', what: 'added', tone: 'good' });

    // What fits is found behind any number of others, by name and by what happened in words.
    const other = await addTeam(scene);
    await scene.call('pauseIntegration', { id });
    for (let each = 0; each < 3; each += 1) {
      await scene.call('pauseIntegration', { id: other });
      await scene.call('resumeIntegration', { id: other });
    }
    const found = await scene.call('listActivity', { limit: 1, text: ` PAUSED  ${id.toUpperCase()} ` });
    expect(found.entries).toEqual([expect.objectContaining({ id, event: 'paused' })]);
    expect((await scene.call('listActivity', { limit: 10, text: 'nobody' })).entries).toEqual([]);
    expect((await scene.call('listActivity', { limit: 10, problems: true })).entries).toEqual([]);
    const { mark } = found;
    expect(await scene.call('listActivity', { limit: 1, known: mark })).toEqual({ entries: [], mark });
    await scene.call('resumeIntegration', { id });
    const anew = await scene.call('listActivity', { limit: 1, known: mark });
    expect(anew.entries).toEqual([expect.objectContaining({ id, event: 'resumed' })]);
  },
  async readLogs({ call }) {
    const { lines } = await call('readLogs', { count: 10 });
    expect(lines.join('\n')).toContain('application-started');
  },
  async followLogs(scene) {
    const { lines: before } = await scene.call('followLogs', { count: 1_000 });
    expect(before.join('\n')).toContain('application-started');
    const followed = scene.untilEvent('logLines', ({ lines }) =>
      lines.join('\n').includes('refresh-finished'),
    );
    await addTeam(scene);
    const { lines } = await followed;
    expect(lines.every((line) => /^\d{4}-/.test(line))).toBe(true);
    // What was answered is not told again.
    expect(lines.filter((line) => before.includes(line))).toEqual([]);
  },
  async unfollowLogs(scene) {
    await scene.call('followLogs');
    await scene.call('unfollowLogs');
    await addTeam(scene);
    // Whoever follows anew hears of what is new only.
    await scene.call('followLogs');
    const followed = scene.untilEvent('logLines', ({ lines }) => lines.join('\n').includes('local:2'));
    await addTeam(scene);
    await scene.call('refresh', { ids: ['local:2'], force: true });
    await followed;
    const heard = scene.events.filter(({ event }) => event === 'logLines');
    expect(JSON.stringify(heard)).not.toContain('id=local:1');
  },
  async examine({ call, world }) {
    inPrivateCrontab();
    const { facts } = await call('examine');
    expect(facts).toContainEqual({ label: 'Slack', text: expect.any(String), tone: 'good', remedy: null });
    expect(facts.map(({ label }) => label)).toContain('Vault');
    expect(facts.map(({ label }) => label)).not.toContain('Refused calls');
    expect(facts.map(({ label }) => label)).not.toContain('Sandbox');
    world.refusedCalls = 2;
    world.desktop.hasSandbox = false;
    expect((await call('examine')).facts.slice(-2)).toEqual([
      {
        label: 'Sandbox',
        text: expect.stringContaining('without Chromium’s sandbox'),
        tone: 'warning',
        remedy: expect.stringContaining('Use your own browser'),
      },
      expect.objectContaining({ label: 'Refused calls', tone: 'warning' }),
    ]);
  },
  async copyText({ call, world }) {
    await call('copyText', { text: 'local:1' });
    expect(world.desktop.copied).toEqual(['local:1']);
  },
  async readLicences({ call }) {
    const { licences } = await call('readLicences');
    expect(licences[0]).toEqual({ name: 'Jeton', text: expect.stringContaining('MIT') });
    expect(licences.map(({ name }) => name)).toContain('playwright-core');
  },
  async openFolder({ call, world }) {
    await call('openFolder', { folder: 'home' });
    await call('openFolder', { folder: 'logs' });
    expect(world.desktop.opened).toEqual([world.folder, join(world.folder, 'logs')]);
  },
  async openLink({ call, world }) {
    await call('openLink', { link: 'slack-apps' });
    expect(world.desktop.opened).toEqual(['slack-apps']);
  },
};

test('settings are followed while a person looks for a place for the recovery key', async () => {
  const { call, until, world } = await setScene();
  await call('initVault');
  const { promise: chosen, resolve: choose } = Promise.withResolvers<undefined>();
  world.desktop.chooseNewFile = () => chosen;
  const exported = call('exportRecoveryKey');
  await call('setSetting', { key: 'theme', value: 'dark' });
  await until(({ theme }) => theme === 'dark');
  await vi.waitUntil(async () =>
    (await call('readLogs', { count: 100 })).lines.some((line) => line.includes('changes-followed')),
  );
  choose(undefined);
  expect(await exported).toEqual({ path: null });
});

test('who asks for what is due has tried what failed a moment ago, and what is paused is counted', async () => {
  const scene = await setScene();
  const id = await addTeam(scene);
  scene.world.slack.inject({ kind: 'html', status: 503 }, { method: 'oauth.v2.access' });
  expect(await scene.call('refresh', { ids: [id], force: true })).toMatchObject({ failed: 1 });
  expect(await scene.call('refresh')).toMatchObject({ renewed: 1, failed: 0 });
  await scene.call('pauseIntegration', { id });
  expect(await scene.call('refresh', { force: true })).toMatchObject({
    renewed: 0,
    skipped: 1,
    results: [{ id, outcome: 'skipped', error: null, note: 'It is paused.' }],
  });
});

test('what Slack told to come back later is no failure of a run that does not ask it', async () => {
  const scene = await setScene();
  const id = await addTeam(scene);
  const target = { method: 'oauth.v2.access' } as const;
  scene.world.slack.inject({ kind: 'rate-limited', retryAfterSeconds: 3_600 }, target);
  expect(await scene.call('refresh', { ids: [id], force: true })).toMatchObject({ failed: 1, waiting: 0 });
  const asked = scene.world.slack.ledger.length;
  const later = await scene.call('refresh');
  expect(later).toMatchObject({ failed: 0, waiting: 1, results: [{ id, outcome: 'waiting' }] });
  expect(later.results[0]?.note).toContain('Not tried again yet: the next try is at');
  expect(scene.world.slack.ledger).toHaveLength(asked);
});

test('a look at what an export would do is shown as none', async () => {
  const scene = await setScene();
  await signIn(scene);
  const { file } = await addBot(scene);
  // What the background began is over.
  await scene.until(
    ({ snapshot: { targets }, exporting }) => targets[0]?.lastExport !== undefined && exporting.length === 0,
  );
  // That may be a first half, and is watched for a second.
  writeFileSync(file, 'OTHER=1');
  const before = scene.events.length;
  const { targets } = await scene.call('exportTargets', { dryRun: true });
  expect(targets).toMatchObject([{ name: 'bot' }]);
  await scene.call('setSetting', { key: 'theme', value: 'dark' });
  await scene.until(({ theme }) => theme === 'dark');
  expect(JSON.stringify(scene.events.slice(before))).not.toContain('"exporting":["bot"]');
});

test('a database that the environment names stays connected, and that is said', async () => {
  const { call, world } = await setScene();
  world.env['DB_NAME'] = 'jeton';
  expect(await call('disconnectDatabase')).toEqual({
    disconnected: false,
    held: {
      code: 'database-in-environment',
      message: 'DB_NAME is set, so Jeton goes on using that database.',
      remedy: 'To end that, quit Jeton and start it without DB_NAME in its environment.',
    },
  });
});

describe('each call', () => {
  test.each(CALLS)('%s', async (call) => {
    expect.hasAssertions();
    await WELL[call](await setScene());
  });
});

describe('what cannot be is refused in words, and changes nothing', () => {
  const refusing = <C extends Call>(call: C, args: Args<C>, code: ErrorCode) =>
    [call, args, code, ({ refusalOf }: Scene) => refusalOf(call, args)] as const;
  const refused = [
    refusing('refresh', { ids: ['local:9'] }, 'integration-not-found'),
    refusing('updateSlack', { id: 'local:9', clientId: 'x' }, 'integration-not-found'),
    refusing('updateSlack', { id: 'local:9', clientId: ' ' }, 'usage'),
    refusing('updateSlack', { id: 'app:9', clientId: 'x' }, 'integration-read-only'),
    refusing('removeIntegration', { id: 'app:9' }, 'integration-read-only'),
    refusing('pauseIntegration', { id: 'local:9' }, 'integration-not-found'),
    refusing('resumeIntegration', { id: 'local:9' }, 'integration-not-found'),
    refusing(
      'addSlack',
      { name: 'a', clientId: '1', clientSecret: ' ', refreshToken: 'xoxe-1-test' },
      'usage',
    ),
    refusing(
      'addSlack',
      { name: 'a', clientId: '1', clientSecret: '2', refreshToken: 'xoxb-1-test' },
      'not-a-refresh-token',
    ),
    refusing(
      'addSlack',
      { name: 'a', clientId: '1', clientSecret: '2', refreshToken: 'xoxe-1-t' },
      'slack-rejected',
    ),
    refusing('pasteTokens', { accessToken: 'my password' }, 'not-an-access-token'),
    refusing('renewOneflex', {}, 'oneflex-not-signed-in'),
    refusing('verifyOneflex', {}, 'oneflex-not-signed-in'),
    refusing('saveTarget', { target: { name: 'bot', dir: 'relative' } }, 'target-invalid'),
    refusing(
      'saveTarget',
      { target: { name: 'b', dir: 'C:/x', ssh: { destination: 'nas' } } },
      'target-invalid',
    ),
    refusing(
      'saveTarget',
      { target: { name: 'bot', dir: '/srv', mappings: [{ key: 'T', source: 'slack:local:9' }] } },
      'integration-not-found',
    ),
    refusing('saveTarget', { target: { name: 'bot', dir: '/srv' }, replaces: 'other' }, 'target-not-found'),
    refusing('removeTarget', { name: 'other' }, 'target-not-found'),
    refusing('checkTarget', { name: 'other' }, 'target-not-found'),
    refusing('exportTargets', { names: ['other'] }, 'target-not-found'),
    refusing('setWebhook', { url: 'http://example.test/x', test: false }, 'webhook-url-invalid'),
    refusing('testAlert', {}, 'webhook-not-set'),
    refusing('exportRecoveryKey', {}, 'vault-missing'),
    refusing('restoreStore', {}, 'store-backup-missing'),
    refusing('setStoreAside', {}, 'store-in-use'),
    refusing('setSetting', { key: 'no.such', value: 1 }, 'setting-unknown'),
    refusing('setSetting', { key: 'theme', value: 'pink' }, 'setting-refused'),
    refusing('installSchedule', { everyMinutes: 420 }, 'schedule-unsupported-interval'),
    refusing('installSchedule', { everyMinutes: 240 }, 'schedule-needs-command-line'),
  ];

  test.each(refused)('%s %j', async (_call, _args, code, refuse) => {
    const scene = await setScene();
    const { application, world, until } = scene;
    const before = await until(({ snapshot }) => snapshot.headline.kind === 'empty');
    world.env['PATH'] = '';
    const { remedy, ...said } = await refuse(scene);
    expect(said.code).toBe(code);
    expect(said.message).not.toBe(code);
    expect(remedy).not.toMatch(
      /\bjeton (slack|oneflex|vault|target|export|database|alerts|schedule|config)\b/,
    );
    expect(application.state.snapshot.integrations).toEqual(before.snapshot.integrations);
    expect(application.state.snapshot.targets).toEqual([]);
  });
});

test('no secret comes out, whatever goes in', async () => {
  const scene = await setScene();
  const { call, world, application } = scene;
  const id = await addTeam(scene);
  await call('refresh', { ids: [id], force: true });
  await signIn(scene);
  await addBot(scene);
  await call('exportTargets', { force: true });
  await call('checkTarget', { name: 'bot' });
  const sink = await startSink();
  await call('setWebhook', { url: sink.slackUrl, test: true });
  const url = `postgresql://nobody:test-password-7@127.0.0.1:${await freePort()}/x`;
  await scene.refusalOf('connectDatabase', { url });
  world.slack.revoke(scene.world.slack.ledger[0]?.chain ?? '');
  await call('refresh', { ids: [id], force: true });
  await scene.until(({ rows }) => rows.some(({ action }) => action === 'update'));
  await call('readLogs', { count: 1_000 });
  await call('listActivity', { limit: 100 });
  await application.close();

  const search = new SecretSearch();
  for (const [index, secret] of [...world.slack.secrets(), ...world.worldline.secrets()].entries()) {
    search.add(`secret ${index}`, secret, { whole: secret.length < 24 });
  }
  search.add('webhook', sink.secret, { whole: true });
  search.add('database password', 'test-password-7', { whole: true });
  search.add('master key', TEST_KEY);
  expect(search.find([{ name: 'what was told', bytes: Buffer.from(world.told()) }])).toEqual([]);
  expect(world.told().length).toBeGreaterThan(1_000);
  expect(existsSync(world.folder)).toBe(true);
});
