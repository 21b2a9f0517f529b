import { chmodSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { blankHealth } from '../../../src/core/schedule.ts';
import { Secret } from '../../../src/core/secret.ts';
import { signedInWith } from '../../fakes/fake-desktop.ts';
import { targetSchema } from '../../../src/core/export/target.ts';
import { storeFile } from '../../../src/node/database/open.ts';
import { createApplicationWorld, type ApplicationWorld } from '../../support/application-world.ts';
import { addDueRow } from '../../support/due-row.ts';
import { withPrivateDocker } from '../../support/private-docker.ts';

/** A row that is due, written by another process. */
async function addRowElsewhere(world: ApplicationWorld) {
  const elsewhere = await world.elsewhere();
  return { ...(await addDueRow(elsewhere, world.slack)), elsewhere };
}

describe('the background', () => {
  test('renews what is due when it starts', async () => {
    const world = await createApplicationWorld();
    await addRowElsewhere(world);
    const running = await world.start();
    await running.until(({ snapshot }) => snapshot.headline.kind === 'all-fresh');
    expect(world.slack.count('spent')).toBe(1);
  });

  test('looks soon after the machine wakes up, and once for many reasons', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    await running.until(({ snapshot }) => snapshot.headline.kind === 'empty');
    await addRowElsewhere(world);
    const startedAt = performance.now();
    running.application.wake();
    running.application.wake();
    await running.until(({ snapshot }) => snapshot.headline.kind === 'all-fresh');
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    expect(world.slack.count('spent')).toBe(1);
  });

  test('sends nothing while paused, also in the next process; a person’s own command works', async () => {
    const world = await createApplicationWorld();
    const first = await world.start();
    await first.call('pauseAll', { until: 'tomorrow' });
    const { paused } = await first.until((state) => state.paused !== null);
    const until = new Date(paused?.until ?? 0);
    expect([until.getHours(), until.getMinutes()]).toEqual([8, 0]);
    expect(until.getTime()).toBeGreaterThan(Date.now());
    await first.application.close();

    const { id } = await addRowElsewhere(world);
    const second = await world.start();
    const state = await second.until(({ rows }) => rows.length === 1);
    expect(state).toMatchObject({
      paused,
      overall: 'paused',
      sentence: expect.stringMatching(/^Paused until /),
    });
    await second.call('retry');
    expect(world.slack.ledger).toHaveLength(0);

    expect(await second.call('refresh', { ids: [id] })).toMatchObject({ renewed: 1 });
    await second.call('resumeAll');
    expect((await second.until((one) => one.paused === null)).overall).toBe('fresh');
  });

  test('renews no more once a pause has begun, in the round that is under way', async () => {
    const world = await createApplicationWorld({ latency: 1_000 });
    const running = await world.start();
    await running.call('setSetting', { key: 'slack.concurrency', value: 2 });
    for (let row = 0; row < 12; row += 1) await addRowElsewhere(world);
    running.application.wake();
    await world.slack.waitFor(({ method }) => method === 'oauth.v2.access');
    await running.call('pauseAll', { until: 'resumed' });
    await running.until(({ paused }) => paused !== null);
    await running.application.close();
    const spent = world.slack.count('spent');
    expect(spent).toBeGreaterThan(0);
    expect(spent).toBeLessThan(12);
  });

  test('takes up what became due in a pause once that is over', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    await running.call('pauseAll', { until: 'resumed' });
    await addRowElsewhere(world);
    await running.until(({ rows }) => rows.length === 1);
    await running.call('resumeAll');
    const state = await running.until(({ snapshot }) => snapshot.headline.kind === 'all-fresh');
    expect(state.paused).toBeNull();
  });

  test('gives up an export of its own that a person cancels', async () => {
    withPrivateDocker({ neverEnds: true });
    const world = await createApplicationWorld();
    const running = await world.start();
    await running.call('pasteTokens', world.worldline.issue(world.worldline.employee));
    const elsewhere = await world.elsewhere();
    const { target } = world.newBot();
    const said = running.untilEvent('exportLine', ({ name }) => name === 'bot');
    // As `jeton target add` writes it: nobody but the daemon comes to it.
    await elsewhere.targetStore.add(targetSchema.parse({ ...target, restart: 'always' }));
    running.application.wake();
    await said;
    await running.until(({ exporting }) => exporting.includes('bot'));
    await running.call('cancelExport', { name: 'bot' });
    await running.until(({ exporting }) => exporting.length === 0);
    expect((await elsewhere.targetStore.list())[0]?.lastRestart?.failure).toBe('cancelled');
  });

  test('does without a vault that is locked, and goes on when it opens', async () => {
    const world = await createApplicationWorld();
    await addRowElsewhere(world);
    chmodSync(world.keyFile, 0o644);
    const running = await world.start();
    const locked = await running.until(({ vaultProblem }) => vaultProblem !== null);
    expect(locked).toMatchObject({
      overall: 'needs-you',
      sentence: 'The vault is locked: nothing can be renewed until it opens.',
      vaultProblem: { code: 'vault-key-unusable' },
      trouble: null,
    });
    expect(await running.refusalOf('refresh')).toMatchObject({ code: 'vault-key-unusable' });
    chmodSync(world.keyFile, 0o600);
    await running.call('retry');
    const open = await running.until(({ snapshot }) => snapshot.headline.kind === 'all-fresh');
    expect(open.vaultProblem).toBeNull();
  });
});

describe('while the screen is locked, the background', () => {
  test('asks no keychain, which might prompt, and goes on once it is unlocked', async () => {
    const world = await createApplicationWorld();
    await addRowElsewhere(world);
    const database = new Database(storeFile(world.folder));
    database.exec("UPDATE vault SET key_source = 'keychain'");
    database.close();
    const keyFile = world.env['JETON_MASTER_KEY_FILE'];
    delete world.env['JETON_MASTER_KEY_FILE'];
    world.desktop.isLocked = true;
    const running = await world.start();
    const { vaultProblem } = await running.until((state) => state.vaultProblem !== null);
    expect(vaultProblem?.message).toContain('the screen is locked');
    expect(world.slack.ledger).toHaveLength(0);

    world.env['JETON_MASTER_KEY_FILE'] = keyFile;
    world.desktop.isLocked = false;
    running.application.wake();
    await running.until(({ snapshot }) => snapshot.headline.kind === 'all-fresh');
  });

  test('renews all the same where the vault is open', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    await running.until(({ snapshot }) => snapshot.headline.kind === 'empty');
    await addRowElsewhere(world);
    world.desktop.isLocked = true;
    running.application.wake();
    await running.until(({ snapshot }) => snapshot.headline.kind === 'all-fresh');
    expect(world.slack.count('spent')).toBe(1);
  });
});

describe('ending', () => {
  test('gives a rotation in flight the time to be stored', async () => {
    const world = await createApplicationWorld({ latency: 2_000 });
    const { elsewhere, id } = await addRowElsewhere(world);
    const running = await world.start();
    await world.slack.waitFor(({ method }) => method === 'oauth.v2.access');
    const startedAt = performance.now();
    await running.application.close();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect((await elsewhere.local.list())[0]).toMatchObject({ id, lease: undefined, missing: [] });
    expect(world.slack.count('spent')).toBe(1);
  });

  test('leaves one that takes too long in doubt, and is gone within 5 s', async () => {
    const world = await createApplicationWorld({ latency: 30_000 });
    const { elsewhere } = await addRowElsewhere(world);
    const running = await world.start();
    await world.slack.waitFor(({ method }) => method === 'oauth.v2.access');
    const startedAt = performance.now();
    await running.application.close();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect((await elsewhere.local.list())[0]?.lease?.standing).toBe('abandoned');
    expect(await running.refusalOf('refresh')).toMatchObject({ code: 'cancelled' });
  });

  test('stores the tokens of a sign-in that has just been done, also where the disk is another’s for a moment', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    const elsewhere = await world.elsewhere();
    const reply = running.call('signIn', { browser: 'window' });
    await world.desktop.signInWindow.opened();
    const other = new Database(storeFile(world.folder));
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    world.desktop.signInWindow.end(signedInWith(world.worldline.issue(world.worldline.employee)));
    const closed = running.application.close();
    const log = join(world.folder, 'logs', 'tray.log');
    await vi.waitUntil(() => readFileSync(log, 'utf8').includes('sign-in-not-stored'), { timeout: 4_000 });
    other.exec('ROLLBACK');
    expect(await reply).toMatchObject({ kind: 'signed-in' });
    await closed;
    expect((await elsewhere.oneflexStore.session())?.account.fullName).toBe('Camille Testeur');
  });

  test('closes a sign-in that is under way', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    const refusal = running.refusalOf('signIn', { browser: 'window' });
    await world.desktop.signInWindow.opened();
    await running.application.close();
    expect(await refusal).toMatchObject({ code: 'cancelled' });
    expect(world.desktop.signInWindow.isOpen).toBe(false);
    await running.application.close();
  });

  /** Ended by the person before OneFlex has said whose the tokens are that a sign-in brought. */
  const leaveUnverified = async (world: ApplicationWorld, as: 'employee' | 'colleague' = 'employee') => {
    const running = await world.start();
    void running.call('signIn', { browser: 'window' }).catch(() => undefined);
    await world.desktop.signInWindow.opened();
    const tokens = world.worldline.issue(world.worldline[as]);
    world.worldline.configure({ latencyMs: 30_000 });
    world.desktop.signInWindow.end(signedInWith(tokens));
    await running.application.close();
    world.worldline.configure({ latencyMs: 0 });
    return tokens;
  };
  const sealedIn = async (world: ApplicationWorld) => (await world.elsewhere()).oneflexStore.unverified();
  /** The employee is kept, and a bot has what is theirs. */
  const signInAsEmployee = async (world: ApplicationWorld) => {
    const running = await world.start();
    await running.call('pasteTokens', world.worldline.issue(world.worldline.employee));
    await running.application.close();
  };

  test('leaves tokens of which OneFlex does not say whose they are, and the next start keeps and exports them', async () => {
    const world = await createApplicationWorld();
    const bot = world.newBot();
    const first = await world.start();
    await first.call('saveTarget', { target: bot.target });
    await first.application.close();
    const tokens = await leaveUnverified(world);
    expect(readFileSync(join(world.folder, 'logs', 'tray.log'), 'utf8')).not.toContain('oneflex-tokens-lost');
    // Nothing is made of them yet.
    expect(await (await world.elsewhere()).oneflexStore.session()).toBeUndefined();
    expect(readFileSync(bot.file, 'utf8')).not.toContain('ONEFLEX_TOKEN');

    const running = await world.start();
    await running.until(({ snapshot }) => snapshot.targets[0]?.lastExport !== undefined);
    expect(readFileSync(bot.file, 'utf8')).toContain(tokens.accessToken);
    const { oneflexStore } = await world.elsewhere();
    expect((await oneflexStore.session())?.account.fullName).toBe('Camille Testeur');
    expect(await oneflexStore.unverified()).toBeUndefined();
  });

  test('renews what was left for longer than it lives, and keeps it if it can', async () => {
    const world = await createApplicationWorld({}, { tokenEndpoint: 'access-token' });
    await leaveUnverified(world);
    world.worldline.expireTokens('access');
    const running = await world.start();
    await running.until(({ snapshot }) => snapshot.integrations.length === 1);
    expect(await running.call('verifyOneflex')).toEqual({ account: 'Camille Testeur' });
  });

  test('says that what was left has expired, once somebody can see it', async () => {
    const world = await createApplicationWorld();
    await leaveUnverified(world);
    world.worldline.expireTokens('access');
    world.desktop.isLocked = true;
    const running = await world.start();
    const { oneflexStore } = await world.elsewhere();
    await vi.waitFor(async () => expect(await oneflexStore.unverified()).toBeUndefined(), 10_000);
    expect(world.desktop.notices).toEqual([]);
    world.desktop.isLocked = false;
    running.application.wake();
    await world.desktop.noticed(1);
    expect(world.desktop.notices).toMatchObject([
      { title: 'The last sign-in to OneFlex does not count', leadsTo: { kind: 'sign-in' } },
    ]);
    expect(await oneflexStore.session()).toBeUndefined();
  });

  test('never lets another person’s tokens that were left replace those that are kept', async () => {
    const world = await createApplicationWorld();
    await signInAsEmployee(world);
    await leaveUnverified(world, 'colleague');
    world.desktop.signInWindow.hasProfile = true;
    await world.start();
    await world.desktop.noticed(1);
    expect(world.desktop.notices).toMatchObject([
      { body: expect.stringContaining('Dominique Essai; Jeton keeps the tokens of Camille Testeur') },
    ]);
    const { oneflexStore } = await world.elsewhere();
    expect((await oneflexStore.session())?.account.fullName).toBe('Camille Testeur');
    expect(await oneflexStore.unverified()).toBeUndefined();
    await vi.waitFor(() => expect(world.desktop.signInWindow.hasProfile).toBe(false));
  });

  test('asks again later about what was left, while OneFlex cannot be reached', async () => {
    const world = await createApplicationWorld();
    await signInAsEmployee(world);
    const tokens = await leaveUnverified(world);
    const before = await (await world.elsewhere()).oneflexStore.tokens();
    world.worldline.configure({ down: true });
    const running = await world.start();
    await vi.waitFor(() =>
      expect(readFileSync(join(world.folder, 'logs', 'tray.log'), 'utf8')).toContain('sign-in-not-judged'),
    );
    expect(await (await world.elsewhere()).oneflexStore.tokens()).toEqual(before);
    world.worldline.configure({ down: false });
    running.application.wake();
    await vi.waitFor(async () => expect(await sealedIn(world)).toBeUndefined(), 10_000);
    const kept = await (await world.elsewhere()).oneflexStore.tokens();
    expect(kept?.accessToken).toEqual(new Secret(tokens.accessToken));
  });

  test('stores the tokens of a sign-in that came to its end as Jeton was told to', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    const reply = running.call('signIn', { browser: 'window' });
    await world.desktop.signInWindow.opened();
    world.desktop.signInWindow.end(signedInWith(world.worldline.issue(world.worldline.employee)));
    await running.application.close();
    expect(await reply).toMatchObject({ kind: 'signed-in' });
    expect(await (await world.elsewhere()).oneflexStore.tokens()).toBeDefined();
  });
});

describe('notifications', () => {
  const lapse = async (world: ApplicationWorld) => {
    const { id, elsewhere } = await addRowElsewhere(world);
    const [row] = await elsewhere.local.list();
    const lastError = { code: 'token_revoked', class: 'chain-dead', at: 1 } as const;
    await elsewhere.health.save({ ...blankHealth(id, row?.chain), condition: 'dead', lastError });
    return id;
  };

  test('are said once, also across restarts of the application', async () => {
    const world = await createApplicationWorld();
    const id = await lapse(world);
    const first = await world.start();
    await world.desktop.noticed(1);
    await first.application.close();
    expect(world.desktop.notices).toEqual([
      {
        title: 'Ops has to be installed again in Slack',
        body: expect.stringContaining('then give its new refresh token here'),
        leadsTo: { kind: 'view', view: 'integrations', id },
      },
    ]);
    const second = await world.start();
    await second.until(({ rows }) => rows[0]?.action === 'update');
    await second.application.close();
    expect(world.desktop.notices).toHaveLength(1);
  });

  test('wait for a locked screen to be unlocked, and are said then if it is still so', async () => {
    const world = await createApplicationWorld();
    world.desktop.isLocked = true;
    await lapse(world);
    const running = await world.start();
    await running.until(({ rows }) => rows[0]?.action === 'update');
    await running.call('retry');
    expect(world.desktop.notices).toEqual([]);
    world.desktop.isLocked = false;
    running.application.wake();
    await world.desktop.noticed(1);
    expect(world.desktop.notices).toHaveLength(1);
  });

  test('of a lapse lead to the sign-in', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    await running.call('pasteTokens', world.worldline.issue(world.worldline.employee));
    await running.call('renewOneflex');
    await running.until(({ rows }) => rows[0]?.action === 'sign-in');
    await world.desktop.noticed(1);
    expect(world.desktop.notices).toMatchObject([{ leadsTo: { kind: 'sign-in' } }]);
  });

  test('tell of a bot that does not get its tokens', async () => {
    const world = await createApplicationWorld();
    const running = await world.start();
    const { target, file } = world.newBot();
    await running.call('saveTarget', { target });
    renameSync(file, `${file}.away`);
    renameSync(target.dir, `${target.dir}-away`);
    await running.call('pasteTokens', world.worldline.issue(world.worldline.employee));
    const state = await running.until(({ bots }) => bots[0]?.health === 'failing');
    expect(state.bots[0]?.failure).toMatchObject({ code: expect.stringMatching(/^env-file-/) });
    await world.desktop.noticed(1);
    expect(world.desktop.notices).toMatchObject([
      { title: 'The bot bot does not get all its tokens', leadsTo: { kind: 'view', view: 'bot' } },
    ]);
  });
});
