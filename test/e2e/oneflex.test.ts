/** OneFlex lapses, and the person is back in a few clicks; the bot gets its tokens without being asked about. */
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDockerd, type TestBot, type TestDockerd } from '../support/dockerd.ts';
import { createDesk, isOurs, rowIs, sentenceIs, signIn } from './desk.ts';

const HOUR_MS = 3_600_000;

let docker: TestDockerd;
beforeAll(async () => {
  docker = await startDockerd();
});
afterAll(() => docker.dispose());

interface Bot extends TestBot {
  readonly startedAt: () => Promise<string>;
}

async function startBot(): Promise<Bot> {
  const bot = await docker.startBot({ start: false, compose: ['volumes: ["./config:/app/config:rw"]'] });
  // Far from now: a bot that is about to book is not restarted.
  const hour = String(new Date(Date.now() + 6 * HOUR_MS).getHours()).padStart(2, '0');
  writeFileSync(bot.envFile, `# mine\nRESERVATION_TIME=${hour}:30\nONEFLEX_TOKEN=test-token-1\n`);
  await bot.compose('up', '-d');
  const id = await bot.containerId();
  const startedAt = (): Promise<string> => docker.docker('inspect', '--format', '{{.State.StartedAt}}', id);
  return { ...bot, startedAt };
}

function envOf(socket: string): NodeJS.ProcessEnv {
  return { DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: join(docker.folder, 'no-config') };
}

test('from the tray to a bot that runs on new tokens', { timeout: 120_000 }, async () => {
  const bot = await startBot();
  const before = await bot.startedAt();
  const desk = await createDesk({ env: envOf(docker.socket) });
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
  await application.until('…by its icon, too', ({ tray }) => tray?.icon === 'needs-you');
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
  expect((await application.see()).tray?.icon).toBe('fresh');
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
  expect(await bot.startedAt()).not.toBe(before);
  expect(await bot.output()).toEqual(['the token is test-token-1', `the token is ${token}`]);
  await desk.expectNothingGivenAway();
  expect(await application.quit()).toBe(0);
});

test(
  'Docker is not running: the file is written, the restart is owed, and made up for',
  {
    timeout: 90_000,
  },
  async () => {
    const bot = await startBot();
    const before = await bot.startedAt();
    const socket = join(bot.dir, 'later.sock');
    const desk = await createDesk({ env: envOf(socket) });
    const { worldline } = desk;
    const { accessToken, refreshToken } = worldline.issue(worldline.employee);
    await desk.type(['oneflex', 'login', '--paste'], { input: `${accessToken}\n${refreshToken}\n` });
    await desk.type(['target', 'add', 'third-floor', '--dir', bot.dir]);
    const application = await desk.start();
    await application.until('all is well', ({ tray }) => tray?.tooltip.startsWith('Everything is fresh.'));
    // The daemon brings a new bot its tokens by itself, which the tray shows meanwhile.
    await application.until('nothing is exported', ({ tray }) =>
      tray?.menu?.some(({ label }) => label === 'Export and restart'),
    );

    await application.chooseFromTray('Export and restart');
    await application.until(
      'the tray says so',
      ({ tray }) =>
        tray?.tooltip === 'The bot third-floor waits for its restart; Jeton tries again by itself.' &&
        tray.icon === 'failing',
    );
    expect(readFileSync(bot.envFile, 'utf8')).toContain(`ONEFLEX_TOKEN=${accessToken}\n`);
    expect(await bot.startedAt()).toBe(before);
    const page = await desk.window(application);
    await page.getByRole('link', { name: 'Bot' }).click();
    const owed = page.getByRole('region', { name: /^Restart pending since/ });
    await owed.getByText('Docker is not running.').waitFor();
    await owed.getByText('Start Docker.').waitFor();
    await page.getByRole('article', { name: 'third-floor' }).getByText('waiting').waitFor();

    symlinkSync(docker.socket, socket);
    await owed.getByRole('button', { name: 'Try again' }).click();
    await owed.waitFor({ state: 'detached' });
    await page.getByRole('article', { name: 'third-floor' }).getByText('supplied').waitFor();
    await application.until('all is well', ({ tray }) => tray?.icon === 'fresh');
    expect(await bot.startedAt()).not.toBe(before);
    expect((await bot.output()).at(-1)).toBe(`the token is ${accessToken}`);
    await desk.expectNothingGivenAway();
  },
);
