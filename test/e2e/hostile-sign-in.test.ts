/**
 * Pages that wish ill, in the window that a person signs in with. Each gets there by a host that is let through; each
 * time nothing foreign is loaded or opened, nothing is captured, the person is told where Jeton can know, and an honest
 * sign-in still works afterwards.
 */
import { readdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Page } from 'playwright-core';
import { type DrivenApplication, launch } from './driver.ts';
import { prepareSignInStage, signInAsEmployee, type SignInStage } from './sign-in-stage.ts';

const DEADLINE_MS = 30_000;

let stage: SignInStage;
let application: DrivenApplication;

beforeAll(async () => {
  stage = await prepareSignInStage();
  application = await launch({ home: stage.home, env: stage.env, args: ['--hidden'] });
  await application.until('the tray is there', ({ tray }) => tray?.menu);
});
afterAll(async () => {
  await application?.dispose();
  await stage?.dispose();
});

/** The sign-in window, where it waits for the person's name. */
async function openSignIn(): Promise<Page> {
  await application.chooseFromTray('Reconnect OneFlex…');
  const page = await application.page(({ url }) => url.startsWith('http://login.localhost'));
  await page.getByLabel('E-mail', { exact: true }).waitFor();
  return page;
}

/** What was captured is the employee's, and only that; afterwards nobody is remembered. */
async function expectSignIn(page: Page): Promise<void> {
  const { worldline } = stage;
  const before = worldline.ledger.length;
  await signInAsEmployee(page, worldline);
  const { email } = await worldline.waitFor('account-told', before);
  expect(email).toBe(worldline.employee.email);
  await application.until('the sign-in is over', ({ windows, tray }) => {
    const labels = tray?.menu?.map(({ label }) => label) ?? [];
    return (
      windows.length === 0 &&
      labels.includes('Reconnect OneFlex…') &&
      labels.includes(`OneFlex (${worldline.employee.fullName}): fresh`)
    );
  });
  worldline.expireSessions();
}

/** The person leaves the trap for OneFlex’s own page. */
async function expectHonestSignIn(page: Page): Promise<void> {
  await page.goto(stage.worldline.url);
  await expectSignIn(page);
}

async function settle(page: Page): Promise<void> {
  // What was sent before this has arrived before this.
  await page.evaluate(`fetch('/settled').then(({ ok }) => ok)`);
}

interface Attack {
  readonly what: string;
  /** What the person reads of it. `foreign`: the host that it leads to. */
  readonly told: string;
  /** The trap's page; `foreign` and `accomplice` are origins, the second of a host that is let through. */
  readonly page: (foreign: string, accomplice: string) => string | RequestListener;
  /** Where the attack is under way: another path of the accomplice's. */
  readonly accomplice?: (foreign: string) => string | RequestListener;
  /** What the person does there. */
  readonly act?: (page: Page) => Promise<unknown>;
  /** Windows of a host that is let through are opened by it. */
  readonly windows?: number;
}

const redirect =
  (to: string, status = 302): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { location: to }).end();

const ATTACKS: readonly Attack[] = [
  { what: 'a redirect', told: 'foreign', page: (foreign) => redirect(`${foreign}/`) },
  {
    what: 'a redirect that keeps the form',
    told: 'foreign',
    page: (foreign) => redirect(`${foreign}/`, 307),
  },
  {
    what: 'a redirect by way of a host that is let through',
    told: 'foreign',
    page: (_, accomplice) => redirect(`${accomplice}/on`),
    accomplice: (foreign) => redirect(`${foreign}/`),
  },
  {
    what: 'a meta refresh',
    told: 'foreign',
    page: (foreign) => `<meta http-equiv="refresh" content="0;url=${foreign}/">`,
  },
  {
    what: 'location.href',
    told: 'foreign',
    page: (foreign) => `<script>location.href = '${foreign}/'</script>`,
  },
  {
    what: 'location.replace, again and again',
    told: 'foreign',
    page: (foreign) => `<script>setInterval(() => location.replace('${foreign}/'), 50)</script>`,
  },
  {
    what: 'a form that sends itself',
    told: 'foreign',
    page: (foreign) =>
      `<form method="post" action="${foreign}/"><input name="password" value="typed"></form><script>document.forms[0].submit()</script>`,
  },
  {
    what: 'a form that is redirected with what was typed',
    told: 'foreign',
    page: (_, accomplice) =>
      `<form method="post" action="${accomplice}/on"><input name="password" value="typed"></form><script>document.forms[0].submit()</script>`,
    accomplice: (foreign) => redirect(`${foreign}/`, 307),
  },
  {
    what: 'a host behind a name that looks like one let through',
    told: 'foreign',
    page: (foreign) => `<script>location.href = '${foreign.replace('//', '//trap.localhost:80@')}/'</script>`,
  },
  { what: 'window.open', told: 'foreign', page: (foreign) => `<script>window.open('${foreign}/')</script>` },
  {
    what: 'window.open without an opener',
    told: 'foreign',
    page: (foreign) => `<script>window.open('${foreign}/', '', 'noopener,width=300,height=300')</script>`,
  },
  {
    what: 'a link to a new window',
    told: 'foreign',
    page: (foreign) =>
      `<a href="${foreign}/" target="_blank">x</a><script>document.links[0].click()</script>`,
  },
  {
    what: 'a window that is let through, and sent on by its opener',
    told: 'foreign',
    page: (foreign, accomplice) =>
      `<script>const opened = window.open('${accomplice}/on'); setTimeout(() => (opened.location = '${foreign}/'), 100)</script>`,
    windows: 2,
  },
  {
    what: 'a window that is let through, and sends its opener on',
    told: 'foreign',
    page: (_, accomplice) => `<script>window.open('${accomplice}/on')</script>`,
    accomplice: (foreign) => `<script>opener.location = '${foreign}/'</script>`,
    windows: 2,
  },
  {
    what: 'an empty window of its own, filled with somebody else’s form',
    told: 'foreign',
    page: (foreign) =>
      `<script>const opened = window.open('about:blank'); opened.document.write('<iframe src="${foreign}/"></iframe>')</script>`,
    windows: 2,
  },
  { what: 'a frame', told: 'foreign', page: (foreign) => `<iframe src="${foreign}/"></iframe>` },
  {
    what: 'a frame that is redirected',
    told: 'foreign',
    page: (_, accomplice) => `<iframe src="${accomplice}/on"></iframe>`,
    accomplice: (foreign) => redirect(`${foreign}/`),
  },
  {
    what: 'a frame that breaks out',
    told: 'foreign',
    page: (_, accomplice) => `<iframe src="${accomplice}/on"></iframe>`,
    accomplice: (foreign) => `<a href="${foreign}/" target="_top">Continue</a>`,
    // Chromium lets no frame do so by itself.
    act: (page) => page.frameLocator('iframe').getByRole('link').click({ noWaitAfter: true }),
  },
  {
    what: 'a frame of no origin, that opens a window',
    told: 'foreign',
    page: (foreign) =>
      `<iframe sandbox="allow-scripts allow-popups" srcdoc="<script>window.open('${foreign}/')</script>"></iframe>`,
  },
  {
    what: 'another program’s address',
    told: 'msauth:',
    page: () => `<script>location.href = 'msauth://code'</script>`,
  },
  {
    what: 'Jeton’s own address',
    told: 'jeton:',
    page: () => `<script>location.href = 'jeton:open'</script>`,
  },
  { what: 'a letter', told: 'mailto:', page: () => `<script>location.href = 'mailto:a@b.test'</script>` },
  { what: 'a telephone, in a frame', told: 'tel:', page: () => `<iframe src="tel:0100"></iframe>` },
  {
    what: 'Jeton’s own page',
    told: 'app:',
    page: () => `<script>location.href = 'app://jeton/index.html'</script>`,
  },
  {
    what: 'a script in a new window',
    told: 'javascript:',
    page: () => `<script>window.open('javascript:document.title = 1')</script>`,
  },
  {
    what: 'a page made of its own address, in a new window',
    told: 'data:',
    page: () => `<script>window.open('data:text/html,Sign in')</script>`,
  },
  {
    what: 'a page out of memory, in a new window',
    told: 'blob:',
    page: () =>
      `<script>window.open(URL.createObjectURL(new Blob(['Sign in'], { type: 'text/html' })))</script>`,
  },
];

describe('what leads elsewhere', () => {
  let page: Page;
  beforeAll(async () => {
    page = await openSignIn();
  });

  afterEach(async () => {
    const { windows } = await application.see();
    for (const child of windows.slice(1)) await application.closeWindow(child.id);
    await application.until('one window is left', ({ windows: left }) => left.length <= 1);
  });

  test.each(ATTACKS)(
    '$what is blocked and said',
    async ({ what, told, page: trap, accomplice, act, windows = 1 }) => {
      const index = ATTACKS.findIndex((attack) => attack.what === what);
      const { web } = stage;
      const name = `foreign${index}`;
      const foreign = web.originOf(name);
      web.answer(`/trap${index}`, trap(foreign, web.originOf('accomplice')));
      web.answer('/on', accomplice?.(foreign) ?? 'an accomplice');
      const before = await application.see();

      // A redirect that is prevented is the end of this navigation.
      await page.goto(`${web.originOf('trap')}/trap${index}`, { waitUntil: 'commit' }).catch(() => undefined);
      await act?.(page);
      const host = told === 'foreign' ? `${name}.localhost:${web.port}` : told;
      await application.until(
        `${host} is said to be blocked, in the window as well`,
        ({ notifications, windows: shown }) =>
          notifications.some(({ title }) => title === `Blocked: ${host}`) &&
          shown.some(({ title }) => title.endsWith(` – Blocked: ${host}`)),
      );
      await page.goto(`${web.originOf('trap')}/rest`, { waitUntil: 'load' });
      await settle(page);

      expect(web.visitsTo(name)).toEqual([]);
      const { opened, notifications, windows: seen } = await application.see();
      expect(opened).toEqual([]);
      // Once, however often it was tried.
      expect(notifications).toHaveLength(before.notifications.length + 1);
      expect(seen).toHaveLength(windows);
      // Of the windows that pages opened, one may still say what it was kept from.
      for (const { title } of seen)
        expect(title).toMatch(/^(trap|accomplice)\.localhost:\d+ – (Jeton|Blocked: [\w.:]+)$/);
      expect(seen.map(({ title }) => title)).toContain(`trap.localhost:${web.port} – Jeton`);
    },
    DEADLINE_MS,
  );

  test(
    'while the screen is locked is blocked, and said once somebody can see it',
    async () => {
      const { web } = stage;
      const host = `unseen.localhost:${web.port}`;
      web.answer('/unseen', `<script>location.href = '${web.originOf('unseen')}/'</script>`);
      const isSaid = ({ title }: { readonly title: string }): boolean => title === `Blocked: ${host}`;
      await application.happen('lock-screen');
      await page.goto(`${web.originOf('trap')}/unseen`, { waitUntil: 'commit' });
      await application.until('the window says so', ({ windows }) =>
        windows.some(({ title }) => title.endsWith(` – Blocked: ${host}`)),
      );
      expect((await application.see()).notifications.filter(isSaid)).toEqual([]);
      await application.happen('unlock-screen');
      await application.until('the notification too', ({ notifications }) => notifications.some(isSaid));
      expect(web.visitsTo('unseen')).toEqual([]);
    },
    DEADLINE_MS,
  );

  // Chromium itself: https://developer.mozilla.org/docs/Web/URI/Reference/Schemes/data
  test.each([
    ['a page made of its own address', `location.href = 'data:text/html,Sign in'`],
    ['a file', `location.href = 'file:///etc/passwd'`],
    ['a file in a new window', `window.open('file:///etc/passwd')`],
    ['the source of a page', `location.href = 'view-source:http://localhost'`],
    ['a page of the browser’s', `location.href = 'chrome://settings'`],
  ])('%s is refused by Chromium', async (_, script) => {
    const { web } = stage;
    web.answer('/refused', `<script>${script}</script>`);
    await page.goto(`${web.originOf('trap')}/refused`, { waitUntil: 'load' });
    await settle(page);
    const { windows, opened } = await application.see();
    expect(opened).toEqual([]);
    expect(windows.map(({ url }) => url)).toEqual([`${web.originOf('trap')}/refused`]);
  });

  test('and the honest sign-in works afterwards', () => expectHonestSignIn(page), DEADLINE_MS);
});

describe('what a page asks for', () => {
  let page: Page;
  beforeAll(async () => {
    page = await openSignIn();
    await page.goto(`${stage.web.originOf('trap')}/rest`);
  });

  test('permissions are refused, without a question', async () => {
    const asked = await page.evaluate(`(async () => {
      const nameOf = (error) => error.name;
      const media = (constraints) =>
        navigator.mediaDevices.getUserMedia(constraints).then(() => 'granted', nameOf);
      return {
        notifications: await Notification.requestPermission(),
        camera: await media({ video: true }),
        microphone: await media({ audio: true }),
        geolocation: await new Promise((resolve) => {
          navigator.geolocation.getCurrentPosition(() => resolve('granted'), ({ code }) => resolve(code));
        }),
        clipboard: await navigator.clipboard.readText().then(() => 'granted', nameOf),
      };
    })()`);
    expect(asked).toEqual({
      notifications: 'denied',
      camera: 'NotAllowedError',
      microphone: 'NotAllowedError',
      // PERMISSION_DENIED
      geolocation: 1,
      clipboard: 'NotAllowedError',
    });
  });

  test('downloads leave no file', async () => {
    const { web, userFolder, home } = stage;
    const attachment: RequestListener = (_, response) =>
      void response.writeHead(200, { 'content-disposition': 'attachment; filename="tool.exe"' }).end('MZ');
    web.answer('/attachment', attachment);
    web.answer(
      '/downloads',
      `<a id="plain" href="/attachment">x</a>
      <a id="own" download="invoice.exe" href="/rest?own">x</a>
      <a id="made" download="made.exe" href="data:application/octet-stream,MZ">x</a>
      <iframe src="/attachment"></iframe>`,
    );
    await page.goto(`${web.originOf('trap')}/downloads`);
    for (const id of ['plain', 'own', 'made']) await page.locator(`#${id}`).click({ noWaitAfter: true });
    await web.visited('trap', '/attachment');
    await settle(page);
    expect(
      readdirSync(userFolder, { recursive: true }).filter((file) => /\.(exe|crdownload)/.test(String(file))),
    ).toEqual([]);
    expect(
      readdirSync(home, { recursive: true }).filter((file) => /\.(exe|crdownload)/.test(String(file))),
    ).toEqual([]);
    expect((await application.see()).windows).toHaveLength(1);
  });

  test('neither a preload script nor a way to the main process is in its world', async () => {
    const found = await page.evaluate(() =>
      ['jeton', 'require', 'process', 'module', 'ipcRenderer', 'electron', 'Buffer', 'global'].filter(
        (name) => name in globalThis,
      ),
    );
    expect(found).toEqual([]);
  });

  test('a title that imitates a host stays in the page', async () => {
    const { web } = stage;
    web.answer('/title', `<script>document.title = 'login.microsoftonline.com – Jeton'</script>`);
    await page.goto(`${web.originOf('accomplice')}/title`);
    expect(await page.title()).toBe('login.microsoftonline.com – Jeton');
    await settle(page);
    const { windows } = await application.see();
    expect(windows.map(({ title }) => title)).toEqual([`accomplice.localhost:${web.port} – Jeton`]);
  });

  test('a service worker stays on its own host, and captures nothing', async () => {
    const { web } = stage;
    web.answer(
      '/worker.js',
      (_, response) =>
        void response
          .writeHead(200, { 'content-type': 'text/javascript', 'service-worker-allowed': '/' })
          .end(`self.addEventListener('fetch', (event) => event.respondWith(new Response('captured')))`),
    );
    await page.goto(`${web.originOf('accomplice')}/rest`);
    await page.evaluate(
      `navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready).then(() => 1)`,
    );
    await page.goto(stage.worldline.url);
    expect(await page.getByText('captured').count()).toBe(0);
    await page.getByLabel('E-mail', { exact: true }).waitFor();
  });

  test('and the honest sign-in works afterwards', () => expectHonestSignIn(page), DEADLINE_MS);
});

describe('what keeps a person', () => {
  test('a page that asks before it is left is left all the same', async () => {
    const { web } = stage;
    const page = await openSignIn();
    web.answer(
      '/stay',
      `<script>addEventListener('beforeunload', (event) => { event.preventDefault(); event.returnValue = 'stay' })</script><button>x</button>`,
    );
    await page.goto(`${web.originOf('trap')}/stay`);
    // Chromium asks only for a page that somebody has touched.
    await page.getByRole('button').click();
    const [window] = (await application.see()).windows;
    await application.closeWindow(window!.id);
    const { windows } = await application.until(
      'nobody signs in',
      (seen) => seen.tray?.menu?.some(({ label }) => label === 'Reconnect OneFlex…') && seen,
    );
    expect(windows).toEqual([]);
  });

  test(
    'a page that closes its window ends the sign-in, and a new one works',
    async () => {
      const { web } = stage;
      const page = await openSignIn();
      web.answer('/close', `<script>close()</script>`);
      await page.goto(`${web.originOf('trap')}/close`).catch(() => undefined);
      // A script closes what a script opened; whatever became of it, the person goes on.
      const left = (await application.see()).windows;
      if (left.length > 0) await application.closeWindow(left[0]!.id);
      await application.until('it is closed', ({ windows }) => windows.length === 0);
      await application.until('nobody signs in', ({ tray }) =>
        tray?.menu?.some(({ label }) => label === 'Reconnect OneFlex…'),
      );
      await expectHonestSignIn(await openSignIn());
    },
    DEADLINE_MS,
  );

  // https://www.electronjs.org/docs/latest/api/app#event-certificate-error
  test(
    'a certificate that nobody trusts ends the sign-in in words: nothing was sent',
    async () => {
      const { secureWeb } = stage;
      const page = await openSignIn();
      await page.goto(`${secureWeb.originOf('trap')}/`).catch(() => undefined);
      await application.until('it is said', ({ notifications }) =>
        notifications.some(({ body }) => body.includes('certificate of trap.localhost')),
      );
      await application.until('it is closed', ({ windows }) => windows.length === 0);
      expect(secureWeb.visitsTo('trap')).toEqual([]);
      await expectHonestSignIn(await openSignIn());
    },
    DEADLINE_MS,
  );

  // Nobody answers: https://www.electronjs.org/docs/latest/api/app#event-login
  test(
    'a name and a password of HTTP’s own are not asked for, and none is sent',
    async () => {
      const { web } = stage;
      web.answer(
        '/basic',
        (_, response) =>
          void response.writeHead(401, { 'www-authenticate': 'Basic realm="Worldline"' }).end('<p>no</p>'),
      );
      const page = await openSignIn();
      const before = (await application.see()).questions.length;
      await page.goto(`${web.originOf('trap')}/basic`).catch(() => undefined);
      // What becomes of the page is Chromium's; where there is none, the window asks whether to try again.
      const { windows } = await application.until(
        'the answer is there',
        (seen) =>
          (seen.questions.length > before || seen.windows.some(({ url }) => url.endsWith('/basic'))) && seen,
      );
      expect(web.visitsTo('trap').filter(({ path }) => path === '/basic')).toHaveLength(1);
      expect((await web.visited('trap', '/basic')).headers['authorization']).toBeUndefined();
      for (const { id } of windows) await application.closeWindow(id);
      await application.until('it is closed', ({ windows: left }) => left.length === 0);
      await expectHonestSignIn(await openSignIn());
    },
    DEADLINE_MS,
  );

  test(
    'a page that talks without an end is closed by the person',
    async () => {
      const { web } = stage;
      const page = await openSignIn();
      web.answer(
        '/talk',
        `<script>setTimeout(() => { for (let n = 0; n < 3; n += 1) alert('Enter your password'); print(); })</script>`,
      );
      const asked: string[] = [];
      page.on('dialog', (dialog) => {
        asked.push(dialog.type());
        void dialog.dismiss();
      });
      await page.goto(`${web.originOf('trap')}/talk`);
      await settle(page);
      expect(new Set(asked)).toEqual(new Set(['alert']));
      await expectHonestSignIn(page);
    },
    DEADLINE_MS,
  );
});

describe('cookies that look like OneFlex’s', () => {
  test(
    'of other hosts, a subdomain’s among them, are left alone',
    async () => {
      const { worldline } = stage;
      const { lookAlike, subdomain } = worldline.hosts;
      worldline.configure({ hops: [lookAlike, subdomain, 'sso.localhost'] });
      onTestFinished(() => worldline.configure({ hops: ['sso.localhost'] }));
      const page = await openSignIn();
      expect(worldline.count('tokens-planted')).toBeGreaterThanOrEqual(2);
      expect((await application.see()).windows).toHaveLength(1);
      await expectSignIn(page);
    },
    DEADLINE_MS,
  );

  test(
    'of OneFlex’s host, but of another name, or dead, are left alone',
    async () => {
      const { worldline } = stage;
      worldline.configure({ entry: 'button' });
      onTestFinished(() => worldline.configure({ entry: 'redirect' }));
      await application.chooseFromTray('Reconnect OneFlex…');
      const page = await application.page(({ url }) => url.startsWith(worldline.url));
      await page.getByRole('button', { name: 'Se connecter' }).waitFor();
      const { accessToken, refreshToken } = worldline.issue(worldline.colleague);
      const jwt = (claims: object): string =>
        `${accessToken.split('.')[0]}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`;
      const planted = [
        `ACCESS_TOKEN=${accessToken}`,
        `access_token2=${accessToken}`,
        `access_token=${jwt({ exp: 1_000_000_000 })}`,
        `refresh_token=${refreshToken}`,
      ];
      for (const cookie of planted) {
        await page.evaluate(`void (document.cookie = ${JSON.stringify(`${cookie}; Path=/`)})`);
        await page.evaluate(`fetch('/settled').then(({ status }) => status)`);
      }
      expect((await application.see()).windows).toHaveLength(1);
      expect(
        worldline.ledger.filter(
          ({ email, event }) => event === 'account-told' && email === worldline.colleague.email,
        ),
      ).toEqual([]);
      // Whoever is signed in already is asked again.
      await page.evaluate(
        `for (const name of ['access_token', 'refresh_token']) document.cookie = name + '=; Path=/; Max-Age=0'`,
      );
      worldline.configure({ entry: 'redirect' });
      await expectHonestSignIn(page);
    },
    DEADLINE_MS,
  );
});
