import { expect, test } from 'vitest';
import {
  emptySnapshot,
  type IntegrationView,
  type Snapshot,
  type TargetView,
} from '../../../src/core/snapshot.ts';
import { createNoticeStore } from '../../../src/node/database/alerts.ts';
import { Notices } from '../../../src/main/application/notices.ts';
import { Words } from '../../../src/main/application/words.ts';
import { FakeDesktop } from '../../fakes/fake-desktop.ts';
import { silent } from '../../support/engine-world.ts';
import { openTestStore } from '../../support/open-stores.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

async function setUp() {
  const desktop = new FakeDesktop();
  const { store } = await openTestStore(temporaryHome());
  const noticeStore = createNoticeStore(store);
  const exporting: string[] = [];
  /** As after a quit: with what is on disk. */
  const restart = async (): Promise<Notices> =>
    new Notices({
      noticeStore: () => noticeStore,
      desktop,
      exporting: () => exporting,
      words: await Words.load('fr-FR', 'auto'),
      log: silent,
    });
  return { desktop, notices: await restart(), restart, exporting, store };
}

const bot: TargetView = {
  name: 'bot',
  file: '/.env',
  host: undefined,
  restart: 'never',
  pending: undefined,
  lastExport: undefined,
  exportFailure: undefined,
  lastRestart: undefined,
};
const FAR = Date.now() + 3_600_000;
const restartedAt = (at: number, failure?: string): Snapshot => ({
  ...emptySnapshot(),
  targets: [{ ...bot, lastRestart: { at, failure, startedAt: undefined } }],
});

const refused: IntegrationView = {
  id: 'local:1',
  kind: 'slack',
  name: 'Ops',
  source: 'local',
  app: 'app-7',
  state: { kind: 'misconfigured' },
  expiresAt: undefined,
  worksUntil: undefined,
  lastRenewedAt: undefined,
  nextRunAt: undefined,
  sessionEndsAt: undefined,
  lastError: { code: 'bad_client_secret', class: 'misconfigured', at: 1 },
};

test('a restart is told once, whoever carried it out, and one that failed is not told as one', async () => {
  const { desktop, notices } = await setUp();
  await notices.attend({ ...emptySnapshot(), targets: [bot] });
  await notices.attend(restartedAt(FAR));
  await notices.attend(restartedAt(FAR));
  const told = {
    title: 'Le bot bot a été redémarré',
    body: 'Il a ses nouveaux jetons et tourne.',
    leadsTo: { kind: 'view', view: 'bot', id: null },
  };
  expect(desktop.notices).toEqual([told]);
  await notices.attend(restartedAt(FAR + 1, 'exited'));
  expect(desktop.notices.slice(1)).toMatchObject([{ title: expect.not.stringContaining('a été redémarré') }]);
  await notices.attend(restartedAt(FAR + 2));
  expect(desktop.notices.slice(2)).toEqual([told]);
});

test('restarts before the first look are not told, those between two starts are', async () => {
  const { desktop, notices, restart } = await setUp();
  await notices.attend(restartedAt(1));
  expect(desktop.notices).toEqual([]);
  await (await restart()).attend(restartedAt(2));
  expect(desktop.notices).toHaveLength(1);
});

test('a restart while the screen is locked is told once it is not, also after a quit', async () => {
  const { desktop, notices, restart } = await setUp();
  await notices.attend({ ...emptySnapshot(), targets: [bot] });
  desktop.isLocked = true;
  await notices.attend(restartedAt(1));
  expect(desktop.notices).toEqual([]);
  const next = await restart();
  desktop.isLocked = false;
  await next.attend(restartedAt(1));
  await next.attend(restartedAt(1));
  expect(desktop.notices).toHaveLength(1);
});

test('a restart that its person watched is not told, and the next is', async () => {
  const { desktop, notices, exporting } = await setUp();
  exporting.push('bot');
  await notices.attend(restartedAt(FAR));
  notices.watched('bot');
  exporting.pop();
  await notices.attend(restartedAt(FAR));
  expect(desktop.notices).toEqual([]);
  await notices.attend(restartedAt(FAR + 1));
  expect(desktop.notices).toHaveLength(1);
});

test('trouble that is met while the screen is locked is neither told nor noted as told', async () => {
  const { desktop, notices } = await setUp();
  const snapshot = { ...emptySnapshot(), revision: 1, integrations: [refused] };
  desktop.isLocked = true;
  await notices.attend(snapshot);
  expect(desktop.notices).toEqual([]);
  desktop.isLocked = false;
  await notices.attend(snapshot);
  await notices.attend(snapshot);
  expect(desktop.notices).toHaveLength(1);
});

test('a desktop that cannot show one is no reason never to show another', async () => {
  const { desktop, notices } = await setUp();
  const notify = desktop.notify.bind(desktop);
  desktop.notify = () => {
    throw new Error('no notification service');
  };
  await notices.attend({ ...restartedAt(FAR), revision: 1, integrations: [refused] });
  desktop.notify = notify;
  const other: IntegrationView = { ...refused, id: 'local:2', app: 'app-8' };
  await notices.attend({ ...restartedAt(FAR + 1), revision: 2, integrations: [refused, other] });
  expect(desktop.notices.map(({ leadsTo }) => leadsTo)).toEqual([
    { kind: 'view', view: 'bot', id: null },
    { kind: 'view', view: 'integrations', id: 'local:2' },
  ]);
});

test('what an app’s integrations have in common leads to the first of them', async () => {
  const { desktop, notices } = await setUp();
  const snapshot = { ...emptySnapshot(), revision: 1, integrations: [refused] };
  await notices.attend(snapshot);
  await notices.attend(snapshot);
  expect(desktop.notices).toMatchObject([{ leadsTo: { kind: 'view', view: 'integrations', id: 'local:1' } }]);
});

test('of whom something was told since a moment is known, each of an app’s integrations too', async () => {
  const { desktop, notices } = await setUp();
  const before = performance.now();
  const other: IntegrationView = { ...refused, id: 'local:2' };
  const well: IntegrationView = { ...refused, id: 'local:3', app: 'app-8', state: { kind: 'fresh' } };
  const target: TargetView = {
    ...bot,
    exportFailure: { code: 'env-file-unreadable', details: {}, at: 1 },
  };
  const snapshot = { ...emptySnapshot(), revision: 1, integrations: [refused, other, well] };
  void notices.attend({ ...snapshot, targets: [target] });
  expect(await notices.toldSince(before)).toEqual({
    integrations: new Set(['local:1', 'local:2']),
    bots: new Set(['bot']),
  });
  expect(desktop.notices).toHaveLength(2);
  expect(await notices.toldSince(performance.now())).toEqual({ integrations: new Set(), bots: new Set() });
});

test('what is well again is not told, and the next trouble is', async () => {
  const { desktop, notices } = await setUp();
  const look = (revision: number, view: IntegrationView) =>
    notices.attend({ ...emptySnapshot(), revision, integrations: [view] });
  await look(1, { ...refused, state: { kind: 'needs-reinstall', worksUntil: undefined } });
  await look(2, { ...refused, state: { kind: 'fresh' }, lastError: undefined });
  expect(desktop.notices).toHaveLength(1);
  await look(3, refused);
  expect(desktop.notices).toHaveLength(2);
});

test('a home that cannot be written is no reason to end', async () => {
  const { desktop, notices, store } = await setUp();
  store.dispose();
  await notices.attend({ ...emptySnapshot(), integrations: [refused] });
  expect(desktop.notices).toEqual([]);
});
