import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { ExportResult } from '../../src/core/export/export.ts';
import { targetSchema } from '../../src/core/export/target.ts';
import type { IntegrationId } from '../../src/core/integration.ts';
import { blankHealth } from '../../src/core/schedule.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Settings } from '../../src/core/settings.ts';
import { systemTimer } from '../../src/node/clock.ts';
import { lockFile } from '../../src/node/file-lock.ts';
import { LiveEngine } from '../../src/node/live-engine.ts';
import { connectDatabase, disconnectDatabase, openHome, type OpenHome } from '../../src/node/open-home.ts';
import { openSettingsFile, type SettingsFile } from '../../src/node/settings-file.ts';
import { parseWebhookUrl, saveWebhook } from '../../src/node/webhook.ts';
import { type SlackSimulator, startSlackSimulator } from '../simulators/slack.ts';
import { startWorldlineSimulator } from '../simulators/worldline.ts';
import { startWebhookSink } from '../simulators/webhook-sink.ts';
import { addDueRow } from '../support/due-row.ts';
import { silent } from '../support/engine-world.ts';
import { freePort } from '../support/free-port.ts';
import { TEST_KEY } from '../support/open-stores.ts';
import { temporaryHome } from '../support/temporary-home.ts';

const env = { JETON_MASTER_KEY: TEST_KEY };

let folder: string;
let settingsFile: SettingsFile;
/** As another process has it open. */
let elsewhere: OpenHome;
let home: OpenHome;
let live: LiveEngine;
let adopted: Settings[];
let slack: SlackSimulator;

beforeEach(async () => {
  folder = temporaryHome();
  slack = await startSlackSimulator();
  settingsFile = openSettingsFile(folder, {});
  settingsFile.set('slack.apiUrl', slack.url);
  const settings = settingsFile.read();
  elsewhere = openHome({ home: folder, env, settings });
  await elsewhere.vault.init();
  adopted = [];
  home = openHome({ home: folder, env, settings });
  live = await LiveEngine.open({
    home,
    settingsFile,
    async optionsFor(current) {
      adopted.push(current);
      const alertWords = ({ kind }: { readonly kind: string }) => ({ title: kind, description: '' });
      return { log: silent, version: '0.0.0', claims: true, alertWords };
    },
  });
  return async () => {
    await live.dispose();
    await Promise.all([home.dispose(), elsewhere.dispose(), slack.stop()]);
  };
});

const addRow = async (at: SlackSimulator): Promise<IntegrationId> => (await addDueRow(elsewhere, at)).id;

const refresh = () => live.use((engine) => engine.refresh());
const sources = async () => (await live.use((engine) => engine.snapshot())).sources;
const follow = () => live.follow();
const UNCHANGED = { changed: false, problem: undefined };
const CHANGED = { changed: true, problem: undefined };

describe('a live engine', () => {
  test('stays while nothing changes', async () => {
    settingsFile.set('slack.apiUrl', slack.url);
    expect(await follow()).toEqual(UNCHANGED);
    expect(adopted).toHaveLength(1);
  });

  test('goes by the settings that somebody has changed', async () => {
    const other = await startSlackSimulator();
    onTestFinished(() => other.stop());
    settingsFile.set('slack.apiUrl', other.url);
    await addRow(other);

    expect(await follow()).toEqual(CHANGED);

    expect(adopted.at(-1)?.slack.apiUrl).toBe(other.url);
    expect(await refresh()).toMatchObject({ renewed: 1 });
    expect(await follow()).toEqual(UNCHANGED);
  });

  test('finishes what is under way under the old ones first', async () => {
    await addRow(slack);
    let goOn = (): void => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const underWay = live.use(async (engine) => {
      await gate;
      return engine.refresh();
    });
    settingsFile.set('slack.apiUrl', 'http://127.0.0.1:9');

    expect(await follow()).toEqual(UNCHANGED);
    goOn();
    expect(await underWay).toMatchObject({ renewed: 1 });
    expect(await follow()).toEqual(CHANGED);
  });

  test('leaves what it exports its time, under new settings and in the end', async () => {
    const envFile = join(folder, '.env');
    writeFileSync(envFile, 'A=1\n');
    // Somebody else is writing.
    const unlock = await lockFile(envFile, systemTimer);
    const id = await addRow(slack);
    // Without a token yet, its export would fail and not wait for them.
    await refresh();
    const mappings = [{ key: 'SLACK_TOKEN', source: `slack:${id}` }];
    const target = { name: 'bot', dir: folder, envFile: '.env', mappings, restart: 'never' };
    await elsewhere.targetStore.add(targetSchema.parse(target));
    const told: ExportResult[] = [];
    await live.use((engine) => engine.keepFresh({ watcher: { onResult: (result) => told.push(result) } }));
    settingsFile.set('slack.apiUrl', 'http://127.0.0.1:9');
    expect(await follow()).toEqual(CHANGED);

    const disposed = live.dispose();
    expect(told).toEqual([]);
    unlock();
    await disposed;
    expect(told).toMatchObject([{ name: 'bot', file: { changedKeys: ['SLACK_TOKEN'], written: true } }]);
    expect((await elsewhere.targetStore.list())[0]?.lastExport).toBeDefined();
  });

  test('keeps the last good settings while settings.json is broken, and says so once', async () => {
    await addRow(slack);
    const file = join(folder, 'settings.json');
    writeFileSync(file, '{ "slack": }');
    expect(await follow()).toMatchObject({ changed: false, problem: { code: 'settings-invalid' } });
    expect(await follow()).toEqual(UNCHANGED);
    expect(await refresh()).toMatchObject({ renewed: 1 });

    writeFileSync(file, '{ "slak": 1 }');
    expect(await follow()).toMatchObject({ problem: { details: { key: 'slak' } } });
    rmSync(file);
    expect(await follow()).toEqual(CHANGED);
    writeFileSync(file, '{ "slak": 1 }');
    expect(await follow()).toMatchObject({ changed: false, problem: { code: 'settings-invalid' } });
  });

  test('follows a database that is connected, replaced and disconnected, also while settings.json is broken', async () => {
    expect(await sources()).toContainEqual(expect.objectContaining({ kind: 'app', state: 'not-connected' }));
    const url = async () => new Secret(`postgresql://nobody:test-password@127.0.0.1:${await freePort()}/x`);
    await connectDatabase(elsewhere.secrets, await url());
    writeFileSync(join(folder, 'settings.json'), '{');
    expect(await follow()).toMatchObject({ changed: true, problem: { code: 'settings-invalid' } });
    expect(await sources()).toContainEqual(expect.objectContaining({ kind: 'app', state: 'unreachable' }));

    await connectDatabase(elsewhere.secrets, await url());
    expect(await follow()).toEqual(CHANGED);
    expect(await follow()).toEqual(UNCHANGED);

    await disconnectDatabase(elsewhere.secrets);
    expect(await follow()).toEqual(CHANGED);
    expect(await sources()).toContainEqual(expect.objectContaining({ kind: 'app', state: 'not-connected' }));
    expect(adopted.at(-1)?.slack.apiUrl).toBe(slack.url);
  });

  test('need not be made anew for a webhook', async () => {
    const sink = await startWebhookSink();
    onTestFinished(() => sink.stop());
    const id = await addRow(slack);
    const [row] = await elsewhere.local.list();
    const lastError = { code: 'token_revoked', class: 'chain-dead', at: 1 } as const;
    await elsewhere.health.save({ ...blankHealth(id, row?.chain), condition: 'dead', lastError });
    await live.use((engine) => engine.sendAlerts());
    expect(sink.received).toHaveLength(0);

    await saveWebhook(elsewhere, parseWebhookUrl(new Secret(sink.slackUrl)));

    expect(await follow()).toEqual(UNCHANGED);
    await live.use((engine) => engine.sendAlerts());
    expect(sink.received).toHaveLength(1);
  });
});

describe('under new settings a live engine keeps', () => {
  const changeSomething = async (): Promise<void> => {
    settingsFile.set('language', 'fr');
    expect(await follow()).toEqual(CHANGED);
  };

  test('OneFlex tokens that are on no disk yet', async () => {
    const worldline = await startWorldlineSimulator({ host: 'localhost', tokenEndpoint: 'both-tokens' });
    onTestFinished(() => worldline.stop());
    settingsFile.set('oneflex.url', worldline.url);
    await follow();
    const { accessToken, refreshToken } = worldline.issue(worldline.employee);
    const tokens = { accessToken: new Secret(accessToken), refreshToken: new Secret(refreshToken) };
    const expiresAt = Date.now() + 60_000;
    await live.use((engine) => engine.signInToOneflex({ ...tokens, expiresAt, cookies: undefined }));

    // Nobody waits for the other one's transaction, which only this test can end.
    home.hurry();
    const renewal = live.use((engine) => engine.renewOneflex({ force: true }));
    await worldline.waitFor('renewed');
    const other = new Database(join(folder, 'jeton.db'));
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    expect(await renewal).toMatchObject({ error: { code: 'tokens-not-written' } });
    expect(live.mayEnd).toBe(true);
    await changeSomething();
    other.exec('COMMIT');

    expect(await live.keepTokensInHand(AbortSignal.abort())).toBe(true);
    expect(worldline.count('renewed')).toBe(1);
    expect(await live.use((engine) => engine.renewOneflex({ force: true }))).toMatchObject({
      kind: 'renewed',
      by: 'token-endpoint',
    });
  });

  test('what Slack asked it to wait', async () => {
    slack.inject({ kind: 'rate-limited', retryAfterSeconds: 60 });
    await addRow(slack);
    await live.use((engine) => engine.refresh({ patienceMs: 10_000 }));
    expect(slack.ledger).toHaveLength(1);
    await addRow(slack);
    await changeSomething();
    await live.use((engine) => engine.refresh({ patienceMs: 10_000 }));
    expect(slack.ledger).toHaveLength(1);
  });

  test('its distance from a target that could not be written', async () => {
    const id = await addRow(slack);
    const mappings = [{ key: 'SLACK_TOKEN', source: `slack:${id}` }];
    const dir = join(folder, 'gone');
    const target = { name: 'bot', dir, envFile: '.env', mappings, restart: 'never' };
    await elsewhere.targetStore.add(targetSchema.parse(target));
    const told: ExportResult[] = [];
    const round = () =>
      live.use(async (engine) => {
        await engine.keepFresh({ watcher: { onResult: (result) => told.push(result) } });
        await engine.exportsDone();
      });
    await round();
    expect(told).toMatchObject([{ file: { error: {} } }]);
    await changeSomething();
    await round();
    expect(told).toHaveLength(1);
  });
});
