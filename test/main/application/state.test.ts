import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { settingsSchema } from '../../../src/core/settings.ts';
import { Words } from '../../../src/main/application/words.ts';
import { CONTRACT } from '../../../src/shared/ipc/contract.ts';
import { storeFile } from '../../../src/node/database/open.ts';
import { homePaths } from '../../../src/node/paths.ts';
import { createApplicationWorld } from '../../support/application-world.ts';

describe('the state', () => {
  test('is there at once, of a home that nobody has used yet', async () => {
    const world = await createApplicationWorld();
    const { application, until } = await world.start();
    const state = await until(({ snapshot }) => snapshot.headline.kind === 'empty');
    expect(CONTRACT.getState.reply.parse(application.state)).toEqual(state);
    expect(state).toMatchObject({
      sentence: 'Nothing to keep fresh yet.',
      overall: 'fresh',
      rows: [],
      bots: [],
      trouble: null,
      vaultProblem: null,
      paused: null,
      signingIn: false,
      signingInWith: null,
      homeFolder: world.folder,
    });
  });

  test('shows what a command did, and is pushed only where it differs', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    const { chain: _, ...app } = world.newApp('Ops');
    const { id } = await running.call('addSlack', app);
    const state = await running.until(({ rows }) => rows.length === 1);
    expect(state.rows).toEqual([{ id, action: 'renew', failure: null }]);
    expect(state.sentence).toMatch(/^Everything is fresh\. Next check in \d+ hours\.$/);
    const texts = running.states.map((one) => JSON.stringify(one));
    expect(texts.every((text, index) => index === 0 || text !== texts[index - 1])).toBe(true);
  });

  test('shows what another process writes', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    running.application.showing(true);
    const { chain: _, ...app } = world.newApp('Ops');
    const { id } = await running.call('addSlack', app);
    await running.until(({ rows }) => rows.length === 1);
    const elsewhere = await world.elsewhere();
    const [row] = await elsewhere.local.list();
    await elsewhere.health.setPaused(id, row?.chain, true);
    const state = await running.until(({ rows }) => rows[0]?.action === 'resume');
    expect(state.sentence).toBe('Everything is paused.');
    expect(state.overall).toBe('paused');
  });

  test('says what is wrong with the home, and is itself again once that is mended', async () => {
    const world = await createApplicationWorld();
    const first = await world.start();
    await first.until(({ snapshot }) => snapshot.headline.kind === 'empty');
    await first.application.close();
    const file = storeFile(world.folder);
    writeFileSync(file, 'not a database at all');

    const running = await world.start();
    const { trouble, sentence, overall } = running.application.state;
    expect(trouble).toMatchObject({
      code: 'store-corrupt',
      message: `${file} is damaged. Nothing was changed.`,
    });
    expect({ sentence, overall }).toEqual({ sentence: trouble?.message, overall: 'needs-you' });
    expect(await running.refusalOf('listTargets')).toEqual(trouble);
    await running.call('retry');
    expect(running.application.state.trouble).toEqual(trouble);

    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    await running.call('retry');
    expect(running.application.state).toMatchObject({ trouble: null, overall: 'fresh' });
    expect(await running.call('listTargets')).toEqual({ targets: [] });
  });

  test('says that settings.json cannot be read any more, and goes on with the last good ones', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    await running.until(({ snapshot }) => snapshot.headline.kind === 'empty');
    const { settings } = homePaths(world.folder);
    writeFileSync(settings, '{ "language": ');
    await running.call('retry');
    const state = await running.until(({ settingsProblem }) => settingsProblem !== null);
    expect(state).toMatchObject({ settingsProblem: { code: 'settings-invalid' }, trouble: null });
    writeFileSync(settings, '{}');
    await running.call('retry');
    await running.until(({ settingsProblem }) => settingsProblem === null);
  });

  test('says that an open home cannot be read any more, and opens it anew', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    await running.until(({ snapshot }) => snapshot.headline.kind === 'empty');
    const other = new Database(storeFile(world.folder));
    onTestFinished(() => void other.close());
    other.exec('ALTER TABLE health RENAME TO health_away; UPDATE revision SET number = number + 1');
    const broken = await running.until(({ trouble }) => trouble !== null);
    expect(broken).toMatchObject({ trouble: { code: 'internal' }, overall: 'needs-you' });
    await running.call('retry');
    expect(running.application.state.trouble).not.toBeNull();
    other.exec('ALTER TABLE health_away RENAME TO health');
    await running.call('retry');
    expect(running.application.state).toMatchObject({ trouble: null, overall: 'fresh' });
    expect(await running.call('listTargets')).toEqual({ targets: [] });
  });

  test('is opened anew only once what is under way has ended: a pair that was received would reach no disk', async () => {
    const world = await createApplicationWorld({ latency: 1_000 });
    const running = await world.start();
    const { chain: _, ...app } = world.newApp('Ops');
    const { id } = await running.call('addSlack', app);
    await running.until(({ rows }) => rows.length === 1);
    const other = new Database(storeFile(world.folder));
    onTestFinished(() => void other.close());

    const sent = world.slack.ledger.length;
    const renewal = running.call('refresh', { ids: [id], force: true });
    await world.slack.waitFor((entry) => world.slack.ledger.indexOf(entry) >= sent);
    other.exec('ALTER TABLE health RENAME TO health_away; UPDATE revision SET number = number + 1');
    await running.until(({ trouble }) => trouble !== null);
    const retries = [running.call('retry'), running.call('retry')];
    // They have found that it cannot be read.
    await new Promise((resolve) => setImmediate(resolve));
    other.exec('ALTER TABLE health_away RENAME TO health');
    // Whoever asks meanwhile waits, and is not refused.
    const listed = running.call('listTargets');

    expect(await renewal).toMatchObject({ renewed: 1, failed: 0 });
    await Promise.all(retries);
    expect(await listed).toEqual({ targets: [] });
    expect(running.application.state.trouble).toBeNull();
    expect(await running.call('refresh', { ids: [id], force: true })).toMatchObject({ renewed: 1 });
  });

  test('has a way out of a jeton.db that is damaged while it is open', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    await running.until(({ snapshot }) => snapshot.headline.kind === 'empty');
    const file = storeFile(world.folder);
    const other = new Database(file);
    // What is kept in memory is out of date, and what is on the disk is gone.
    other.exec('UPDATE revision SET number = number + 1');
    other.pragma('wal_checkpoint(TRUNCATE)');
    other.close();
    const bytes = readFileSync(file).fill(7, 4096);
    writeFileSync(file, bytes);
    await running.until(({ trouble }) => trouble?.code === 'store-corrupt');
    const { keptAt } = await running.call('setStoreAside');
    expect(readFileSync(keptAt)).toEqual(bytes);
    expect(running.application.state).toMatchObject({ trouble: null, overall: 'fresh' });
  });

  test('says that no home can be made there', async () => {
    const world = await createApplicationWorld();
    writeFileSync(world.folder, '');
    const running = await world.start();
    expect(running.application.state.trouble).toMatchObject({
      code: 'home-unusable',
      remedy: expect.stringContaining('then try again'),
    });
    await running.application.close();
  });

  test('says which settings cannot be used', async () => {
    const world = await createApplicationWorld();
    const first = await world.start();
    await first.application.close();
    const file = join(world.folder, 'settings.json');
    writeFileSync(file, '{ "slak": 1 }');
    const running = await world.start();
    expect(running.application.state.trouble).toMatchObject({ code: 'settings-invalid' });
    writeFileSync(file, '{}');
    await running.call('retry');
    expect(running.application.state.trouble).toBeNull();
  });

  test('is pushed to everybody, and a command answered, whatever becomes of one who listens', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    running.application.on('stateChanged', () => {
      throw new Error('the tray is gone');
    });
    const heard = running.untilEvent('stateChanged', ({ rest }) => rest.paused !== null);
    expect(await running.call('pauseAll', { until: 'resumed' })).toBeNull();
    expect((await heard).rest.paused).toEqual({ until: null });
  });

  test('speaks the language that was chosen last, however long each takes to load', async () => {
    const words = await Words.load('de-DE', 'auto');
    const [fr, en] = (['fr', 'en'] as const).map((language) => settingsSchema.parse({ language }));
    await Promise.all([words.adopt(fr!), words.adopt(en!)]);
    expect(words.messages.language).toBe('en');
  });

  test('speaks the language that was chosen, from the next push on', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    expect(await running.call('setSetting', { key: 'language', value: 'fr' })).toEqual({ previous: 'auto' });
    const state = await running.until(({ language }) => language === 'fr');
    expect(state.sentence).toBe('Rien à garder à jour pour l’instant.');
    expect(running.application.messages.t('state.fresh')).toBe('à jour');
    expect(await running.call('setSetting', { key: 'theme', value: 'dark' })).toEqual({ previous: 'system' });
    expect((await running.until(({ theme }) => theme === 'dark')).theme).toBe('dark');
    expect(world.desktop.themes).toEqual(['system', 'dark']);
  });
});
