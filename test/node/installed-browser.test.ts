import { lstatSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  signInWithInstalledBrowser,
  type InstalledBrowserOutcome,
  type SignInRequest,
} from '../../src/node/sso/installed-browser.ts';
import { listKeptCookies } from '../../src/node/sso/kept-cookies.ts';
import {
  startWorldlineSimulator,
  type WorldlineOptions,
  type WorldlineSimulator,
} from '../simulators/worldline.ts';
import {
  argumentsOn,
  browsersOn,
  installedChromium,
  startDisplay,
  type Display,
} from '../support/browser.ts';
import { startChild } from '../support/child.ts';
import { personAt, type Person } from '../support/person.ts';
import { temporaryHome } from '../support/temporary-home.ts';

// Each starts real browsers, one after the other.
vi.setConfig({ testTimeout: 60_000 });

let display: Display;
beforeAll(async () => {
  display = await startDisplay();
});
afterAll(() => display.stop());

type SignedIn = Extract<InstalledBrowserOutcome, { readonly kind: 'signed-in' }>;

/** A home, OneFlex, and what it takes to bring them together. */
class World {
  readonly worldline: WorldlineSimulator;
  readonly browser: string;
  readonly profileDir = join(temporaryHome(), 'profile');

  constructor(worldline: WorldlineSimulator, browser: string) {
    this.worldline = worldline;
    this.browser = browser;
  }

  /** With a window, for the person to sign in; until the browser has ended. */
  async open(request: Partial<SignInRequest> = {}): Promise<InstalledBrowserOutcome> {
    const outcome = await signInWithInstalledBrowser({
      baseUrl: this.worldline.url,
      browser: this.browser,
      profileDir: this.profileDir,
      silent: false,
      timeoutMs: 60_000,
      keptCookies: undefined,
      env: { ...process.env, ...display.env },
      ...request,
    });
    if (outcome.kind === 'signed-in') await outcome.closed;
    return outcome;
  }

  /** Without a window, or anybody. */
  renew(request: Partial<SignInRequest> = {}): Promise<InstalledBrowserOutcome> {
    return this.open({ silent: true, env: process.env, ...request });
  }

  /** Sits down at the browser as soon as it shows something. */
  async person(): Promise<Person> {
    await this.worldline.waitFor('visited', this.worldline.ledger.length);
    const person = await personAt(this.profileDir);
    onTestFinished(() => person.leave());
    return person;
  }

  /** A whole sign-in by the employee. */
  async signedIn(answers?: { readonly stay: boolean }): Promise<SignedIn> {
    const outcome = this.open();
    const person = await this.person();
    await person.signIn(this.worldline.employee, answers);
    await person.leave();
    return expectSignedIn(await outcome);
  }
}

async function setUp(options: WorldlineOptions = {}, ...browserArguments: readonly string[]): Promise<World> {
  const worldline = await startWorldlineSimulator(options);
  onTestFinished(() => worldline.stop());
  return new World(worldline, installedChromium(...browserArguments));
}

/** Files below `folder` that hold one of these in the clear, as bytes or as the wide characters of Chromium's own. */
function filesWithAny(secrets: readonly string[], folder: string): readonly string[] {
  const needles = secrets.flatMap((secret) => [Buffer.from(secret), Buffer.from(secret, 'utf16le')]);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(folder, name);
    if (!lstatSync(path).isFile()) return false;
    const content = readFileSync(path);
    return needles.some((needle) => content.includes(needle));
  });
}

/** A shell script that takes a browser's place. */
function programThat(does: string): string {
  const path = join(temporaryHome(), 'browser');
  writeFileSync(path, `#!/bin/sh\n${does}\n`, { mode: 0o755 });
  return path;
}

function expectSignedIn(outcome: InstalledBrowserOutcome): SignedIn {
  if (outcome.kind !== 'signed-in') throw new Error(`not signed in: ${inspect(outcome)}`);
  return outcome;
}

/** Whose the captured tokens are, as OneFlex itself says. */
function ownerOf({ worldline }: World, { tokens }: SignedIn): string | undefined {
  const { accessToken, refreshToken } = tokens;
  const issued = worldline.secrets();
  expect([accessToken, refreshToken ?? accessToken].every((token) => issued.includes(token.reveal()))).toBe(
    true,
  );
  return worldline.ownerOf(accessToken.reveal())?.email;
}

describe('with a window', () => {
  it('waits for the person, takes both tokens and leaves no browser behind', async () => {
    const world = await setUp();
    const outcome = world.open();
    const person = await world.person();
    const commandLines = argumentsOn(world.profileDir);
    await person.signIn(world.worldline.employee);
    const signedIn = expectSignedIn(await outcome);

    expect(ownerOf(world, signedIn)).toBe(world.worldline.employee.email);
    expect(signedIn.tokens.refreshToken).toBeDefined();
    const life = signedIn.tokens.expiresAt - Date.now();
    expect(life).toBeGreaterThan(14 * 60_000);
    expect(life).toBeLessThanOrEqual(15 * 60_000);
    expect(statSync(world.profileDir).mode & 0o777).toBe(0o700);
    expect(browsersOn(world.profileDir)).toEqual([]);
    for (const secret of world.worldline.secrets()) {
      expect(inspect(signedIn, { depth: 9 })).not.toContain(secret);
      expect(commandLines).not.toContain(secret);
    }
    expect(filesWithAny(world.worldline.secrets(), world.profileDir)).toEqual([]);
    // The person's browser as it is: nothing of a test's, nothing that would keep a company's extension out.
    expect(commandLines).not.toMatch(
      /--disable-extensions|--enable-automation|--password-store|mock-keychain/,
    );
  });

  it('is patient with buttons, pop-ups, wrong answers, scripts and any number of hosts', async () => {
    const world = await setUp({
      entry: 'popup',
      tokenCookies: 'script',
      hops: ['sso.localhost', 'adfs.localhost', 'mfa.localhost', 'sso.localhost'],
    });
    const { employee } = world.worldline;
    const outcome = world.open();
    const person = await world.person();
    await person.clickSignIn();
    await person.answer('E-mail', employee.email);
    await person.answer('Mot de passe', 'not-the-password');
    await person.reads('Compte ou mot de passe incorrect.');
    await person.answer('Mot de passe', employee.password);
    await person.answer('Code', '000000');
    await person.reads('Code incorrect.');
    await person.finish(employee);
    expect(ownerOf(world, expectSignedIn(await outcome))).toBe(employee.email);
    expect(world.worldline.count('wrong-answer')).toBe(2);
  });

  it('ignores tokens of a look-alike and of a subdomain that are met on the way', async () => {
    const world = await setUp();
    const { lookAlike, subdomain } = world.worldline.hosts;
    world.worldline.configure({ hops: [lookAlike, subdomain] });
    const outcome = world.open();
    const person = await world.person();
    await world.worldline.waitFor('asked-for-email');
    expect(world.worldline.count('tokens-planted')).toBe(2);
    await person.signIn(world.worldline.employee);
    expect(ownerOf(world, expectSignedIn(await outcome))).toBe(world.worldline.employee.email);
  });

  it('leaves dialogs to the person, and takes whoever signs in: the right account is for others to judge', async () => {
    const world = await setUp({ entry: 'button' });
    const outcome = world.open();
    const person = await world.person();
    await person.clickSignIn();
    await person.signIn(world.worldline.colleague);
    expect(ownerOf(world, expectSignedIn(await outcome))).toBe(world.worldline.colleague.email);
  });

  it('takes the access token alone when no refresh token follows', async () => {
    const world = await setUp({ refreshTokenCookie: false });
    const first = await world.signedIn({ stay: true });
    expect(first.tokens.refreshToken).toBeUndefined();
    const second = expectSignedIn(await world.renew());
    expect(second.tokens.refreshToken).toBeUndefined();
    expect(ownerOf(world, second)).toBe(world.worldline.employee.email);
  });

  it('over HTTPS takes secure cookies only', async () => {
    const world = await setUp({ secure: true, secureCookies: false }, '--ignore-certificate-errors');
    const outcome = world.open();
    const person = await world.person();
    await person.signIn(world.worldline.employee);
    await person.reads(`Bonjour ${world.worldline.employee.fullName}`);
    world.worldline.configure({ secureCookies: true });
    await person.goTo(`${world.worldline.url}/login`);
    const signedIn = expectSignedIn(await outcome);
    const cookie = listKeptCookies(signedIn.tokens.cookies).find(({ name }) => name === 'access_token');
    expect(cookie).toMatchObject({ secure: true, httpOnly: true, domain: world.worldline.hosts.oneflex });
    expect(world.worldline.count('tokens-issued')).toBe(2);
  });

  it('on this machine’s own http takes cookies that are not secure', async () => {
    const world = await setUp({ host: 'localhost', secureCookies: false });
    expect(ownerOf(world, await world.signedIn())).toBe(world.worldline.employee.email);
  });

  it('does not take the tokens of last time for those of this one', async () => {
    const world = await setUp();
    const first = await world.signedIn({ stay: true });
    const second = expectSignedIn(await world.open());
    expect(second.tokens.accessToken.equals(first.tokens.accessToken)).toBe(false);
    expect(world.worldline.count('tokens-issued')).toBe(2);
  });

  it('ends when the person closes the window', async () => {
    const world = await setUp();
    const outcome = world.open();
    const person = await world.person();
    await person.closeWindow();
    expect(await outcome).toEqual({ kind: 'closed-by-person' });
    // Chromium's helpers follow a browser that its person closes, a moment later.
    await expect.poll(() => browsersOn(world.profileDir)).toEqual([]);
  });

  it('ends when the time is up', async () => {
    const world = await setUp();
    expect(await world.open({ timeoutMs: 3_000 })).toEqual({ kind: 'timed-out' });
    expect(browsersOn(world.profileDir)).toEqual([]);
  });

  it('ends when it is cancelled, before the browser is up or after', async () => {
    const world = await setUp();
    const atOnce = await world.open({ signal: AbortSignal.abort() });
    expect(atOnce).toEqual({ kind: 'cancelled' });
    const starting = new AbortController();
    const early = world.open({ signal: starting.signal });
    starting.abort();
    expect(await early).toEqual({ kind: 'cancelled' });
    expect(world.worldline.count('visited')).toBe(0);
    const waiting = new AbortController();
    const late = world.open({ signal: waiting.signal });
    await world.worldline.waitFor('asked-for-email');
    waiting.abort();
    expect(await late).toEqual({ kind: 'cancelled' });
    expect(browsersOn(world.profileDir)).toEqual([]);
  });

  it('leaves no browser behind when Jeton is killed', async () => {
    const world = await setUp();
    const child = startChild('sign-in', [world.worldline.url, world.browser, world.profileDir], {
      ...process.env,
      ...display.env,
      // Playwright's folder for downloads outlives a process that is killed.
      TMPDIR: temporaryHome(),
    });
    await world.worldline.waitFor('asked-for-email');
    expect(browsersOn(world.profileDir)).not.toEqual([]);
    await child.kill();
    await expect.poll(() => browsersOn(world.profileDir), { timeout: 10_000 }).toEqual([]);
  });
});

describe('without a window', () => {
  it('uses the session that the person asked to be kept', async () => {
    const world = await setUp();
    const first = await world.signedIn({ stay: true });
    const again = expectSignedIn(await world.renew());
    expect(ownerOf(world, again)).toBe(world.worldline.employee.email);
    expect(again.tokens.accessToken.equals(first.tokens.accessToken)).toBe(false);
    expect(again.tokens.refreshToken?.reveal()).not.toBe(first.tokens.refreshToken?.reveal());
    expect(world.worldline.count('asked-for-email')).toBe(1);
    expect(browsersOn(world.profileDir)).toEqual([]);
  });

  it('needs the cookies it kept where the session’s own has no expiry, time and again', async () => {
    const world = await setUp();
    const first = await world.signedIn({ stay: false });
    const session = listKeptCookies(first.tokens.cookies).find(({ name }) => name === 'sso_session');
    expect(session).toMatchObject({
      domain: world.worldline.hosts.identityProvider,
      expiresAt: undefined,
      httpOnly: true,
      secure: true,
    });
    expect(await world.renew()).toEqual({
      kind: 'person-needed',
      host: world.worldline.hosts.identityProvider,
    });
    const second = expectSignedIn(await world.renew({ keptCookies: first.tokens.cookies }));
    const third = expectSignedIn(await world.renew({ keptCookies: second.tokens.cookies }));
    expect(ownerOf(world, third)).toBe(world.worldline.employee.email);
    // To the host that it came from, and to no other: it is still the cookie that it was.
    expect(listKeptCookies(third.tokens.cookies).filter(({ name }) => name === 'sso_session')).toEqual([
      session,
    ]);
  });

  it('gets by on the kept cookies when the profile is gone', async () => {
    const world = await setUp();
    const { cookies } = (await world.signedIn({ stay: true })).tokens;
    const profileDir = join(temporaryHome(), 'another-profile');
    const renewed = expectSignedIn(await world.renew({ profileDir, keptCookies: cookies }));
    expect(ownerOf(world, renewed)).toBe(world.worldline.employee.email);
  });

  it('stops as soon as the identity provider wants the person, having answered nothing', async () => {
    const world = await setUp();
    const { cookies } = (await world.signedIn({ stay: true })).tokens;
    world.worldline.expireSessions();
    const seen = world.worldline.ledger.length;
    const startedAt = performance.now();
    expect(await world.renew({ keptCookies: cookies })).toEqual({
      kind: 'person-needed',
      host: world.worldline.hosts.identityProvider,
    });
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(world.worldline.ledger.slice(seen).map(({ event }) => event)).toEqual([
      'visited',
      'asked-for-email',
    ]);
    expect(browsersOn(world.profileDir)).toEqual([]);
  });

  it('is not kept waiting by a page that never falls silent', async () => {
    const world = await setUp({ restless: true });
    const startedAt = performance.now();
    expect(await world.renew()).toMatchObject({ kind: 'person-needed' });
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });

  it('presses no button of OneFlex’s either', async () => {
    const world = await setUp({ entry: 'button' });
    expect(await world.renew()).toEqual({ kind: 'person-needed', host: world.worldline.hosts.oneflex });
    expect(world.worldline.count('asked-for-email')).toBe(0);
  });

  it('is not fooled by tokens on the way', async () => {
    const world = await setUp();
    const { cookies } = (await world.signedIn()).tokens;
    const { lookAlike, subdomain } = world.worldline.hosts;
    world.worldline.configure({ hops: [subdomain, lookAlike] });
    const renewed = expectSignedIn(await world.renew({ keptCookies: cookies }));
    expect(ownerOf(world, renewed)).toBe(world.worldline.employee.email);
    world.worldline.expireSessions();
    expect(await world.renew({ keptCookies: renewed.tokens.cookies })).toMatchObject({
      kind: 'person-needed',
    });
    expect(world.worldline.count('tokens-planted')).toBe(4);
  });

  it('tells a OneFlex that is out of reach from one that wants the person', async () => {
    const world = await setUp({ down: true });
    const host = world.worldline.hosts.oneflex;
    expect(await world.renew()).toEqual({ kind: 'unreachable', host, code: 'http-503' });
    await world.worldline.stop();
    expect(await world.renew()).toEqual({ kind: 'unreachable', host, code: 'ERR_CONNECTION_REFUSED' });
  });

  it('does not trust a stranger’s certificate', async () => {
    const world = await setUp({ secure: true });
    const host = world.worldline.hosts.oneflex;
    expect(await world.renew()).toEqual({ kind: 'unreachable', host, code: 'ERR_CERT_AUTHORITY_INVALID' });
  });

  it('ends when the time is up', async () => {
    const world = await setUp();
    expect(await world.renew({ timeoutMs: 1_500 })).toEqual({ kind: 'timed-out' });
    expect(browsersOn(world.profileDir)).toEqual([]);
  });
});

describe('says why there is no sign-in:', () => {
  it('no browser', async () => {
    const world = await setUp();
    const nowhere = { env: { PATH: temporaryHome(), DISPLAY: ':0' } };
    expect(await world.open({ browser: '/nowhere/chrome', ...nowhere })).toEqual({
      kind: 'no-browser',
      lookedFor: ['/nowhere/chrome'],
    });
  });

  it('no display', async () => {
    const world = await setUp();
    expect(await world.open({ env: { PATH: process.env['PATH'] } })).toEqual({ kind: 'no-display' });
    // Numbers go up from 0, and none is so busy.
    expect(await world.open({ env: { ...process.env, DISPLAY: ':9999' } })).toEqual({ kind: 'no-display' });
  });

  it('the profile is in use', async () => {
    const world = await setUp();
    const first = world.open();
    const person = await world.person();
    expect(await world.renew()).toEqual({ kind: 'profile-in-use' });
    await person.signIn(world.worldline.employee);
    expectSignedIn(await first);
  });

  it.each([
    [
      'sandbox',
      'echo "Running as root without --no-sandbox is not supported. See https://crbug.com/638180." >&2; exit 1',
    ],
    [
      'debugging-disallowed',
      'echo "DevTools remote debugging is disallowed by the system admin." >&2; exit 0',
    ],
    ['did-not-start', 'exit 3'],
  ])('%s', async (reason, script) => {
    const world = await setUp();
    const browser = programThat(script);
    expect(await world.renew({ browser })).toEqual({ kind: 'launch-failed', reason });
  });
});
