/** OneFlex lapses, and the person is back in a few clicks; the bot gets its tokens without being asked about. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SomeDocker, startSomeDocker } from '../support/some-docker.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import { createDesk, isOurs, rowIs, sentenceIs, signIn } from './desk.ts';

const HOUR_MS = 3_600_000;

/** Where there is none, the bot is a folder alone, and nobody restarts it. */
let docker: SomeDocker | undefined;
beforeAll(async () => {
  docker = await startSomeDocker();
  if (docker === undefined) console.log('No Docker here: the bot gets its tokens, and is not restarted.');
});
afterAll(() => docker?.dispose());

interface Bot {
  readonly dir: string;
  readonly envFile: string;
  readonly container?: {
    startedAt(): Promise<string>;
    output(): Promise<readonly string[]>;
  };
}

async function startBot(): Promise<Bot> {
  // Far from now: a bot that is about to book is not restarted.
  const hour = String(new Date(Date.now() + 6 * HOUR_MS).getHours()).padStart(2, '0');
  const text = `# mine\nRESERVATION_TIME=${hour}:30\nONEFLEX_TOKEN=test-token-1\n`;
  const engine = docker;
  if (engine === undefined) {
    const dir = temporaryHome();
    const envFile = join(dir, 'config', '.env');
    mkdirSync(dirname(envFile));
    writeFileSync(envFile, text);
    return { dir, envFile };
  }
  const bot = await engine.startBot({ start: false, compose: ['volumes: ["./config:/app/config:rw"]'] });
  writeFileSync(bot.envFile, text);
  await bot.compose('up', '-d');
  const id = await bot.containerId();
  const startedAt = (): Promise<string> => engine.docker('inspect', '--format', '{{.State.StartedAt}}', id);
  return { dir: bot.dir, envFile: bot.envFile, container: { startedAt, output: () => bot.output() } };
}

test('from the tray to a bot that runs on new tokens', { timeout: 180_000 }, async () => {
  const { dir, envFile, container } = await startBot();
  const before = await container?.startedAt();
  const desk = await createDesk({ env: docker?.env ?? {} });
  const { worldline } = desk;
  await desk.addApp('Deploy notices');
  await desk.signInWithDueTokens();
  const restart = container === undefined ? ['--restart', 'never'] : [];
  await desk.type(['target', 'add', 'third-floor', '--dir', dir, ...restart]);
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

  await application.until('all is well', ({ tray }) =>
    tray?.tooltip.startsWith('Everything is fresh: 2 integrations.'),
  );
  expect((await application.see()).tray?.icon).toBe('fresh');
  if (container === undefined) {
    await application.chooseFromTray('Open Jeton');
    await page.getByRole('link', { name: 'Bot' }).click();
  } else {
    const notification = await application.until('the bot was restarted', ({ notifications }) =>
      notifications.find(({ title }) => title === 'The bot third-floor was restarted'),
    );
    expect(notification.body).toBe('It has its new tokens and is running.');
    await application.clickNotification(notification.id);
  }
  await desk.window(application);
  await page.getByRole('article', { name: 'third-floor' }).getByText('supplied').waitFor();
  await page.getByRole('link', { name: 'Integrations' }).click();
  await rowIs(page, name, 'fresh');
  await rowIs(page, 'Deploy notices', 'fresh');

  const file = readFileSync(envFile, 'utf8');
  const token = /^ONEFLEX_TOKEN=(.*)$/m.exec(file)?.[1] ?? '';
  expect(worldline.ownerOf(token)).toBe(worldline.employee);
  expect(file).toMatch(/^# mine\nRESERVATION_TIME=\d\d:30\n/);
  expect(file).toMatch(/^ONEFLEX_REFRESH_TOKEN=oneflex-test-refresh/m);
  if (container !== undefined) {
    expect(await container.startedAt()).not.toBe(before);
    expect(await container.output()).toEqual(['the token is test-token-1', `the token is ${token}`]);
  }
  await desk.expectNothingGivenAway();
  expect(await application.quit()).toBe(0);
});

test(
  'Docker is not running: the file is written, the restart is owed, and made up for',
  {
    timeout: 180_000,
  },
  async () => {
    const { dir, envFile, container } = await startBot();
    const before = await container?.startedAt();
    const socket = join(dir, 'later.sock');
    const notYet = process.platform === 'win32' ? 'npipe:////./pipe/jeton-later' : `unix://${socket}`;
    const desk = await createDesk({ env: { ...docker?.env, DOCKER_HOST: notYet } });
    const { worldline } = desk;
    const { accessToken, refreshToken } = worldline.issue(worldline.employee);
    await desk.type(['oneflex', 'login', '--paste'], { input: `${accessToken}\n${refreshToken}\n` });
    await desk.type(['target', 'add', 'third-floor', '--dir', dir]);
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
    expect(readFileSync(envFile, 'utf8')).toContain(`ONEFLEX_TOKEN=${accessToken}\n`);
    expect(await container?.startedAt()).toBe(before);
    const page = await desk.window(application);
    await page.getByRole('link', { name: 'Bot' }).click();
    const owed = page.getByRole('region', { name: /^Restart pending since/ });
    await owed.waitFor();
    await page.getByRole('article', { name: 'third-floor' }).getByText('waiting').waitFor();
    if (docker === undefined) {
      await desk.expectNothingGivenAway();
      return;
    }
    await owed.getByText('Docker is not running.').waitFor();
    await owed.getByText('Start Docker.').waitFor();

    symlinkSync(docker.socket, socket);
    await owed.getByRole('button', { name: 'Try again' }).click();
    await owed.waitFor({ state: 'detached' });
    await page.getByRole('article', { name: 'third-floor' }).getByText('supplied').waitFor();
    await application.until('all is well', ({ tray }) => tray?.icon === 'fresh');
    expect(await container?.startedAt()).not.toBe(before);
    expect((await container?.output())?.at(-1)).toBe(`the token is ${accessToken}`);
    await desk.expectNothingGivenAway();
  },
);
