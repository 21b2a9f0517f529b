/** How long a sign-in of a person's may take, and what ends it. (The silent one: silent-sign-in.test.ts.) */
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { type DrivenApplication, launch, type LaunchOptions, type Seen } from './driver.ts';
import { prepareSignInStage, signInAsEmployee, type SignInStage } from './sign-in-stage.ts';

/** Two processes, a browser, and a sign-in from its first page to its last. */
const DEADLINE_MS = 30_000;

async function start(
  { home, env }: SignInStage,
  options: Pick<LaunchOptions, 'env' | 'hurry'> = {},
): Promise<DrivenApplication> {
  const application = await launch({ home, args: ['--hidden'], ...options, env: { ...env, ...options.env } });
  onTestFinished(() => application.dispose());
  await application.until('the tray is there', ({ tray }) => tray?.menu);
  return application;
}

async function prepared(): Promise<SignInStage> {
  const stage = await prepareSignInStage();
  onTestFinished(() => stage.dispose());
  return stage;
}

const has =
  (label: string) =>
  ({ tray }: Seen): true | undefined =>
    tray?.menu?.some((item) => item.label === label) || undefined;

test('a person has five minutes: then the window closes, and it is said', async () => {
  const stage = await prepared();
  const application = await start(stage, { hurry: [{ from: 300_000, to: 1_500 }] });
  await application.chooseFromTray('Reconnect OneFlex…');
  const { body } = await application.until('it is said', ({ notifications }) =>
    notifications.find(({ title }) => title === 'That did not work'),
  );
  expect(body).toContain('300 s');
  await application.until('the window is gone', ({ windows }) => windows.length === 0);
  // Nothing is left of it that would stand in the way.
  await application.chooseFromTray('Reconnect OneFlex…');
  await application.until('there is a window', ({ windows }) => windows.length === 1);
});

test(
  'a page on the way that does not open is said in the window, and tried again',
  async () => {
    const stage = await prepared();
    const { web, worldline } = stage;
    let isBroken = true;
    web.answer('/late', (_, response) => {
      if (isBroken) response.destroy();
      else response.writeHead(302, { location: worldline.url }).end();
    });
    const application = await start(stage);
    await application.chooseFromTray('Reconnect OneFlex…');
    const page = await application.page();
    await page.getByLabel('E-mail', { exact: true }).waitFor();
    await page.goto(`${web.originOf('trap')}/late`).catch(() => undefined);
    const asked = await application.until('it is said', ({ questions }) => questions.at(-1));
    expect(asked).toEqual({
      type: 'warning',
      message: 'The page of trap.localhost does not open (ERR_EMPTY_RESPONSE).',
      detail: 'Check the network, then try again.',
      buttons: ['Try again', 'Cancel the sign-in'],
      escape: 'Cancel the sign-in',
    });
    expect((await application.see()).windows).toHaveLength(1);

    isBroken = false;
    await application.answerQuestion('Try again');
    await signInAsEmployee(page, worldline);
    await application.until('OneFlex is fresh', has(`OneFlex (${worldline.employee.fullName}): fresh`));
    await application.until('the sign-in is over', ({ windows }) => windows.length === 0);
    expect((await application.see()).notifications).toEqual([]);
  },
  DEADLINE_MS,
);

test(
  'what a form sent, and nobody answered, is not sent a second time: the sign-in begins anew',
  async () => {
    const stage = await prepared();
    const { web, worldline } = stage;
    web.answer('/form', '<form method="post" action="/sent"><button>Send</button></form>');
    web.answer('/sent', (_, response) => void response.destroy());
    const application = await start(stage);
    await application.chooseFromTray('Reconnect OneFlex…');
    const page = await application.page();
    await page.getByLabel('E-mail', { exact: true }).waitFor();
    await page.goto(`${web.originOf('trap')}/form`);
    await page.getByRole('button', { name: 'Send' }).click({ noWaitAfter: true });
    await application.until('it is said', ({ questions }) => questions.at(-1));
    // Chromium tries once more by itself where a connection that was open has gone.
    const sent = () => web.visitsTo('trap').filter(({ path }) => path === '/sent').length;
    const before = sent();
    await application.answerQuestion('Try again');
    await signInAsEmployee(page, worldline);
    await application.until('OneFlex is fresh', has(`OneFlex (${worldline.employee.fullName}): fresh`));
    expect(sent()).toBe(before);
  },
  DEADLINE_MS,
);

test('a page on the way that does not open can be left, there and from the tray, and the question goes with it', async () => {
  const stage = await prepared();
  const { web } = stage;
  web.answer('/late', (_, response) => void response.destroy());
  const application = await start(stage);
  const leave = [
    () => application.chooseFromTray('Cancel the sign-in'),
    () => application.answerQuestion('Cancel the sign-in'),
  ];
  for (const [index, leaveIt] of leave.entries()) {
    await application.chooseFromTray('Reconnect OneFlex…');
    const page = await application.page();
    await page.getByLabel('E-mail', { exact: true }).waitFor();
    await page.goto(`${web.originOf('trap')}/late`).catch(() => undefined);
    await application.until('it is said', ({ questions }) => questions[index]);
    await leaveIt();
    await application.until('the window is gone', ({ windows }) => windows.length === 0);
    await application.until('nobody signs in', has('Reconnect OneFlex…'));
  }
  expect((await application.see()).notifications).toEqual([]);
});

test('a first page that does not open ends the sign-in, in words', async () => {
  const stage = await prepared();
  const application = await start(stage, {
    env: { JETON_ONEFLEX_URL: `http://localhost:${await freePort()}` },
  });
  await application.chooseFromTray('Reconnect OneFlex…');
  const { body } = await application.until('it is said', ({ notifications }) =>
    notifications.find(({ title }) => title === 'That did not work'),
  );
  expect(body).toContain('The page of localhost does not open (ERR_CONNECTION_REFUSED).');
  await application.until('the window is gone', ({ windows }) => windows.length === 0);
  expect((await application.see()).questions).toEqual([]);
});
