/** Without the window: what is done from the tray alone, and what the system is told. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryHome } from '../support/temporary-home.ts';
import { createDesk, HIDDEN, rowIs, signIn } from './desk.ts';
import type { DrivenApplication } from './driver.ts';
import { PATIENCE_MS } from './patience.ts';

const expectSoon = <T>(look: () => T) => expect.poll(look, { timeout: PATIENCE_MS });

function itemIs(application: DrivenApplication, label: string, checked: boolean): Promise<unknown> {
  return application.until(`${label} is ${checked ? 'on' : 'off'}`, ({ tray }) =>
    tray?.menu?.some((item) => item.label === label && item.checked === checked),
  );
}

test(
  'started at login or not, paused until tomorrow, resumed one by one, and ended',
  { timeout: 90_000 },
  async () => {
    const desk = await createDesk();
    const app = await desk.addApp('Deploy notices');
    const application = await desk.start(HIDDEN);
    await itemIs(application, 'Start at login', false);
    await application.chooseFromTray('Start at login');
    await itemIs(application, 'Start at login', true);
    // Of other systems' own lists nothing is in a file.
    const autostart = join(dirname(desk.home), '.config', 'autostart');
    if (process.platform === 'linux') {
      const [entry = '', ...others] = readdirSync(autostart);
      expect(others).toEqual([]);
      expect(readFileSync(join(autostart, entry), 'utf8')).toMatch(/^Exec=".+" .*"--hidden"$/m);
    }
    await application.chooseFromTray('Start at login');
    await itemIs(application, 'Start at login', false);
    if (process.platform === 'linux') expect(readdirSync(autostart)).toEqual([]);

    await application.chooseFromTray('Pause', 'Until tomorrow');
    await application.until('the tooltip says so', ({ tray }) => tray?.tooltip.startsWith('Paused until '));
    await application.chooseFromTray('Resume');
    await application.until('it is resumed', ({ tray }) =>
      tray?.menu?.some(({ label }) => label === 'Pause'),
    );
    await application.chooseFromTray('Pause', 'Until I resume');
    await application.until('the tooltip says so', ({ tray }) =>
      tray?.tooltip.startsWith('Paused until you '),
    );
    await application.chooseFromTray('Resume');
    await application.until('all is fresh', ({ tray }) => tray?.tooltip.startsWith('Everything is fresh'));

    await desk.type(['slack', 'pause', app.id]);
    await application.until('one is paused', ({ tray }) =>
      tray?.menu?.some(({ label }) => label === 'Deploy notices: paused'),
    );
    await application.chooseFromTray('Deploy notices: paused', 'Resume');
    await application.until('it is not any more', ({ tray }) =>
      tray?.menu?.some(({ label }) => label === 'Deploy notices: fresh'),
    );
    await application.chooseFromTray('Deploy notices: fresh', 'Show details');
    await rowIs(await desk.window(application), 'Deploy notices', 'fresh');
    await desk.expectNothingGivenAway();
    await application.chooseFromTray('Quit Jeton');
    expect(await application.ended()).toBe(0);
  },
);

test(
  'one of two bots is given the tokens; one whose folder is gone says so',
  { timeout: 90_000 },
  async () => {
    const desk = await createDesk();
    const { worldline } = desk;
    const { accessToken, refreshToken } = worldline.issue(worldline.employee);
    await desk.type(['oneflex', 'login', '--paste'], { input: `${accessToken}\n${refreshToken}\n` });
    const folders = { first: temporaryHome(), second: temporaryHome() };
    for (const [name, dir] of Object.entries(folders)) {
      mkdirSync(join(dir, 'config'));
      await desk.type(['target', 'add', name, '--dir', dir, '--restart', 'never']);
    }
    const application = await desk.start(HIDDEN);
    // The daemon brings new bots their tokens by itself, which the tray shows meanwhile.
    const fileOf = (dir: string): string => join(dir, 'config', '.env');
    for (const dir of Object.values(folders)) await expectSoon(() => existsSync(fileOf(dir))).toBe(true);
    const exportTo = (bot: string) =>
      expectSoon(() =>
        application.chooseFromTray('Export and restart', bot).then(() => 'chosen', String),
      ).toBe('chosen');
    // What is not due stays as it is.
    await application.chooseFromTray('Renew now');
    const file = fileOf(folders.second);
    rmSync(file);
    await exportTo('second');
    await expectSoon(() => existsSync(file) && readFileSync(file, 'utf8')).toContain(
      `ONEFLEX_TOKEN=${accessToken}\n`,
    );

    rmSync(folders.first, { recursive: true });
    await exportTo('first');
    await application.until('the tray says so', ({ tray }) => tray?.icon === 'failing');
    await application.chooseFromTray('Open Jeton');
    const page = await desk.window(application);
    // Whoever stops what is not under way does no harm.
    expect(await page.evaluate('jeton.cancelExport({ name: "first" })')).toMatchObject({ ok: true });
    await page.getByRole('link', { name: 'Bot' }).click();
    const card = page.getByRole('article', { name: 'first' });
    await card.getByText(folders.first).first().waitFor();
    expect(await card.innerText()).toContain('failing');
    await desk.expectNothingGivenAway();
  },
);

test('somebody else signs in: nothing is replaced without a yes', { timeout: 120_000 }, async () => {
  const desk = await createDesk();
  const { worldline } = desk;
  const { accessToken, refreshToken } = worldline.issue(worldline.colleague);
  await desk.type(['oneflex', 'login', '--paste'], { input: `${accessToken}\n${refreshToken}\n` });
  const application = await desk.start(HIDDEN);
  const isKept = ({ fullName }: { readonly fullName: string }) =>
    application.until(`${fullName} is kept`, ({ tray }) =>
      tray?.menu?.some(({ label }) => label === `OneFlex (${fullName}): fresh`),
    );
  await isKept(worldline.colleague);
  const answers = [`Keep ${worldline.colleague.fullName}`, 'Replace it'];
  for (const [index, answer] of answers.entries()) {
    await application.chooseFromTray('Reconnect OneFlex…');
    await signIn(application, worldline);
    const { message } = await application.until('it is asked', ({ questions }) => questions[index]);
    expect(message).toContain(worldline.employee.fullName);
    expect(message).toContain(worldline.colleague.fullName);
    await application.answerQuestion(answer);
    // Of whom Jeton does not keep, nothing is kept by the window either.
    if (index === 0) await expectSoon(() => application.cookies('persist:oneflex')).toEqual([]);
    await application.until(
      'nobody signs in',
      ({ windows, tray }) =>
        windows.length === 0 && tray?.menu?.some(({ label }) => label === 'Reconnect OneFlex…'),
    );
    await isKept(index === 0 ? worldline.colleague : worldline.employee);
  }
  expect((await application.see()).questions).toHaveLength(2);
  await desk.expectNothingGivenAway();
});
