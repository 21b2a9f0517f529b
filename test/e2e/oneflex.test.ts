/** OneFlex lapses, and the person is back in a few clicks; the bot gets its tokens without being asked about. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDockerd, type TestDockerd } from '../support/dockerd.ts';
import { createDesk, HIDDEN, isOurs, rowIs, sentenceIs, signIn } from './desk.ts';

const HOUR_MS = 3_600_000;

let docker: TestDockerd;
beforeAll(async () => {
  docker = await startDockerd();
});
afterAll(() => docker.dispose());

test('from the tray to a bot that runs on new tokens', { timeout: 120_000 }, async () => {
  const bot = await docker.startBot({ start: false, compose: ['volumes: [./config:/app/config:rw]'] });
  // Far from now: a bot that is about to book is not restarted.
  const hour = String(new Date(Date.now() + 6 * HOUR_MS).getHours()).padStart(2, '0');
  writeFileSync(bot.envFile, `# mine\nRESERVATION_TIME=${hour}:30\nONEFLEX_TOKEN=test-token-1\n`);
  await bot.compose('up', '-d');
  const startedAt = async (): Promise<string> =>
    docker.docker('inspect', '--format', '{{.State.StartedAt}}', await bot.containerId());
  const before = await startedAt();

  const desk = await createDesk({
    env: { DOCKER_HOST: `unix://${docker.socket}`, DOCKER_CONFIG: `${docker.folder}/no-config` },
  });
  const { worldline } = desk;
  await desk.addApp('Deploy notices');
  await desk.signInWithDueTokens();
  await desk.type(['target', 'add', 'third-floor', '--dir', bot.dir]);
  worldline.expireTokens('refresh');
  const application = await desk.start();
  const page = await desk.window(application);

  const name = `OneFlex (${worldline.employee.fullName})`;
  await rowIs(page, name, 'sign in');
  await sentenceIs(page, `${name} needs you.`);
  await application.until('the tray says so', ({ tray }) => tray?.tooltip === `${name} needs you.`);
  await application.until('…by its icon, too', ({ tray }) => tray?.icon === 'tray-needs-you.png');
  await application.closeWindow((await application.see()).windows.find(isOurs)!.id);

  await application.chooseFromTray('Reconnect OneFlex…');
  await signIn(application, worldline);
  await application.until('the sign-in window is gone', ({ windows }) => windows.every(isOurs));

  const notification = await application.until('the bot was restarted', ({ notifications }) =>
    notifications.find(({ title }) => title === 'The bot third-floor was restarted'),
  );
  expect(notification.body).toBe('It has its new tokens and is running.');
  await application.until('all is well', ({ tray }) =>
    tray?.tooltip.startsWith('Everything is fresh: 2 integrations.'),
  );
  expect((await application.see()).tray?.icon).toBe('tray-fresh.png');
  await application.clickNotification(notification.id);
  await desk.window(application);
  await page.getByRole('article', { name: 'third-floor' }).getByText('supplied').waitFor();
  await page.getByRole('link', { name: 'Integrations' }).click();
  await rowIs(page, name, 'fresh');
  await rowIs(page, 'Deploy notices', 'fresh');

  const file = readFileSync(bot.envFile, 'utf8');
  const token = /^ONEFLEX_TOKEN=(.*)$/m.exec(file)?.[1] ?? '';
  expect(worldline.ownerOf(token)).toBe(worldline.employee);
  expect(file).toMatch(/^# mine\nRESERVATION_TIME=\d\d:30\n/);
  expect(file).toMatch(/^ONEFLEX_REFRESH_TOKEN=oneflex-test-refresh/m);
  expect(await startedAt()).not.toBe(before);
  expect(await bot.output()).toEqual(['the token is test-token-1', `the token is ${token}`]);
  await desk.expectNothingGivenAway();
  expect(await application.quit()).toBe(0);
});
