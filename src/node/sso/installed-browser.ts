/**
 * Sign-in to OneFlex through the browser that the person has installed. The person signs in; Jeton opens the
 * first page and watches cookies. It types nothing, clicks nothing and reads no page: not OneFlex's, and above all
 * not the identity provider's.
 */
import { chmodSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BrowserContext, Page, Request, Response } from 'playwright-core';
import { isOfTokenCookie, isTokenCookie, TokenCapture } from '../../core/oneflex/capture.ts';
import type { CapturedTokens, SignInAttempt, SignInFailure } from '../../core/oneflex/sign-in-browser.ts';
import type { Secret } from '../../core/secret.ts';
import { serverTime } from '../http-date.ts';
import { prepareHome } from '../paths.ts';
import { closeBrowser, GOING_DOWN_MS } from './close-browser.ts';
import { findBrowser, type BrowserChoice, type Machine } from './find-browser.ts';
import { keepCookies, lostCookies } from './kept-cookies.ts';
import { Lookout } from './lookout.ts';
import { Standstill } from './standstill.ts';

export interface SignInRequest extends SignInAttempt {
  /** OneFlex's own address; only cookies of exactly its host count. */
  readonly baseUrl: string;
  readonly browser: BrowserChoice;
  /** A profile of Jeton's own, created for its owner only. Chrome does not allow its default one to be watched. */
  readonly profileDir: string;
  /** Of the browser, and where PATH and DISPLAY are read. Jeton's own secrets in it are not passed on. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type InstalledBrowserOutcome = SignedIn | SignInFailure | { readonly kind: 'cancelled' };

interface SignedIn {
  readonly kind: 'signed-in';
  readonly tokens: CapturedTokens;
  /**
   * When the browser, which is being closed meanwhile, has ended: until then its profile is in use. Never rejects:
   * one that does not end is found by the next to start (`profile-in-use`).
   */
  readonly closed: Promise<void>;
}

/**
 * A browser that is slower than this is given up, and ended by Playwright within half a minute. Not shortened by
 * the caller's limit: one that does start can be closed properly, whatever the time.
 */
const LAUNCH_LIMIT_MS = 20_000;

/** Leaves the time to close the browser within the promised 30 s. */
const SILENT_LIMIT_MS = 28_000;

/**
 * Throws `home-unusable` when the profile folder cannot be made. The browser it started is closed when it ends, or
 * about to be: see `closed`.
 */
export async function signInWithInstalledBrowser(request: SignInRequest): Promise<InstalledBrowserOutcome> {
  const deadline = Date.now() + limitOf(request);
  const machine: Machine = { platform: process.platform, env: request.env };
  const browser = findBrowser(request.browser, machine);
  if (browser.kind === 'none') return { kind: 'no-browser', lookedFor: browser.lookedFor };
  if (!request.silent && !hasDisplay(machine)) return { kind: 'no-display' };
  if (request.signal?.aborted === true) return { kind: 'cancelled' };

  const profileDir = resolve(request.profileDir);
  prepareHome(profileDir);
  chmodSync(profileDir, 0o700);
  const launched = await launch(browser.path, profileDir, request);
  if (launched.kind !== 'launched') return launched;
  const { context } = launched;
  const outcome = await watch(context, request, deadline).catch(async (error: unknown) => {
    await closeBrowser(context);
    throw error;
  });
  if (outcome.kind !== 'signed-in') await closeBrowser(context);
  return outcome;
}

function limitOf({ silent, timeoutMs }: SignInRequest): number {
  return silent ? Math.min(timeoutMs, SILENT_LIMIT_MS) : timeoutMs;
}

function hasDisplay({ platform, env }: Machine): boolean {
  return platform === 'win32' || platform === 'darwin' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/**
 * Starts the browser as the person does, with what is needed to watch it and nothing else. Playwright's own
 * arguments are for tests: they would leave out the sandbox, the extensions that companies install for single
 * sign-on, and the system's key store. The pipe is this process's alone, unlike a debugging port, and the browser
 * ends when it breaks, so that it does not outlive a killed Jeton.
 */
async function launch(
  executablePath: string,
  profileDir: string,
  { silent, env }: SignInRequest,
): Promise<{ readonly kind: 'launched'; readonly context: BrowserContext } | SignInFailure> {
  const { chromium } = await import('playwright-core');
  try {
    const context = await chromium.launchPersistentContext(profileDir, {
      executablePath,
      headless: silent,
      ignoreDefaultArgs: true,
      args: [
        `--user-data-dir=${profileDir}`,
        '--remote-debugging-pipe',
        '--no-first-run',
        '--no-default-browser-check',
        ...(silent ? ['--headless=new'] : []),
        'about:blank',
      ],
      env: Object.fromEntries(
        Object.entries(env).filter(([name]) => !/^(JETON_|DB_|DATABASE_URL$)/.test(name)),
      ),
      // Signals are the shell's business; on exit Playwright kills the browser.
      handleSIGHUP: false,
      handleSIGINT: false,
      handleSIGTERM: false,
      timeout: LAUNCH_LIMIT_MS,
      // The window is the person's: its own size, and the system's looks.
      viewport: null,
      colorScheme: null,
      contrast: null,
      forcedColors: null,
      reducedMotion: null,
    });
    return { kind: 'launched', context };
  } catch (error) {
    return launchFailureOf(error instanceof Error ? error.message : '');
  }
}

/** By what the browser itself says on its way out, which Playwright quotes. */
function launchFailureOf(message: string): SignInFailure {
  const says = (pattern: RegExp): boolean => pattern.test(message);
  if (says(/ProcessSingleton|existing browser session/)) return { kind: 'profile-in-use' };
  if (says(/Missing X server|having a XServer|open display/)) return { kind: 'no-display' };
  if (says(/sandboxing failed|usable sandbox|without --no-sandbox/))
    return { kind: 'launch-failed', reason: 'sandbox' };
  if (says(/remote debugging is disallowed/))
    return { kind: 'launch-failed', reason: 'debugging-disallowed' };
  return { kind: 'launch-failed', reason: 'did-not-start' };
}

function watch(
  context: BrowserContext,
  { baseUrl, silent, keptCookies, signal }: SignInRequest,
  deadline: number,
): Promise<InstalledBrowserOutcome> {
  const host = new URL(baseUrl).hostname;
  const capture = new TokenCapture(baseUrl);

  return new Promise((resolveOutcome, reject) => {
    const timers: NodeJS.Timeout[] = [];
    let standstill: Standstill | undefined;

    const settle = (outcome: InstalledBrowserOutcome): void => {
      for (const timer of timers) clearTimeout(timer);
      lookout.dispose();
      standstill?.dispose();
      signal?.removeEventListener('abort', onAbort);
      resolveOutcome(outcome);
    };
    const onAbort = (): void => settle({ kind: 'cancelled' });
    const fail = (error: unknown): void => {
      if (isGone(error)) return settle({ kind: 'closed-by-person' });
      // The words for a browser that is going down are many; its end, which settles this, is one.
      const bug = error instanceof Error ? error : new Error('not an error', { cause: error });
      timers.push(setTimeout(() => reject(bug), GOING_DOWN_MS));
    };

    const lookout = new Lookout({
      async look() {
        const cookies = await context.cookies();
        const tokens = capture.observe(cookies, Date.now());
        if (tokens !== undefined) {
          const closed = closeBrowser(context);
          settle({ kind: 'signed-in', tokens: { ...tokens, cookies: keepCookies(cookies) }, closed });
        }
        return capture.isWaiting;
      },
      // Elsewhere only answers of the host can set its cookies, and they are seen.
      mayChangeUnasked: () => context.pages().some((page) => hostOf(page.url()) === host),
      onError: fail,
    });

    const follow = (page: Page): void => {
      page.on('domcontentloaded', () => {
        if (hostOf(page.url()) === host) lookout.askSoon();
      });
      // On macOS the browser stays when its last window is closed.
      page.on('close', () => {
        if (context.pages().length === 0) settle({ kind: 'closed-by-person' });
      });
    };

    const open = async (): Promise<void> => {
      const page = context.pages()[0] ?? (await context.newPage());
      await prepareCookies(page, baseUrl, keptCookies);
      context.on('response', (response) => {
        if (hostOf(response.url()) !== host) return;
        const serverNow = serverTime(response.headers());
        if (serverNow !== undefined) capture.hear(serverNow, Date.now());
        if (mayRunScript(response)) lookout.askSoon();
        const setsToken = async (): Promise<boolean> =>
          (await response.headerValues('set-cookie')).some(isOfTokenCookie);
        // Of a page that is gone nothing more is heard, and its cookie is seen all the same.
        setsToken().then(
          (does) => does && lookout.ask(),
          () => undefined,
        );
      });
      if (silent) {
        standstill = new Standstill(settle);
        watchTraffic(context, standstill);
      }
      // A page that does not open is the person's to reload; without one, Standstill has seen it.
      await page.goto(baseUrl, { waitUntil: 'commit', timeout: 0 }).catch((error: unknown) => {
        if (isGone(error)) throw error;
      });
    };

    timers.push(setTimeout(() => settle({ kind: 'timed-out' }), Math.max(0, deadline - Date.now())));
    signal?.addEventListener('abort', onAbort);
    context.on('close', () => settle({ kind: 'closed-by-person' }));
    context.on('page', follow);
    // With nobody listening Playwright dismisses every dialog; in a window they are the person's.
    if (!silent) context.on('dialog', () => undefined);
    for (const page of context.pages()) follow(page);
    if (signal?.aborted === true) onAbort();
    else open().catch(fail);
  });
}

/**
 * Puts back what the profile lost: the browser drops session cookies when it ends, and cannot read any when the
 * system's key store is closed to it. The tokens of last time are removed, so that what is captured is new.
 */
async function prepareCookies(page: Page, baseUrl: string, kept: Secret | undefined): Promise<void> {
  const context = page.context();
  const present = await context.cookies();
  const browser = await context.newCDPSession(page);
  for (const { name, domain, path } of present.filter((cookie) => isTokenCookie(cookie, baseUrl))) {
    await browser.send('Network.deleteCookies', { name, domain, path });
  }
  await browser.detach();

  const lost = lostCookies(kept, present, baseUrl, Date.now());
  // One at a time: a cookie that this browser does not accept must not take the others with it.
  await Promise.allSettled(lost.map((cookie) => context.addCookies([cookie])));
}

/** Tells Playwright's requests to {@link Standstill}. */
function watchTraffic(context: BrowserContext, standstill: Standstill): void {
  context.on('request', (request) => standstill.requested(request));
  context.on('requestfinished', (request) => standstill.ended(request));
  context.on('requestfailed', (request) => {
    if (isArrival(request)) {
      standstill.failedToArrive(hostOf(request.url()), request.failure()?.errorText ?? '');
    }
    standstill.ended(request);
  });
  context.on('response', (response) => {
    if (isArrival(response.request())) standstill.arrived(hostOf(response.url()), response.status());
  });
}

/** A script may make a cookie of what it answered: no redirection, and no picture. */
function mayRunScript(response: Response): boolean {
  const isRedirection = response.status() >= 300 && response.status() < 400;
  return !isRedirection && ['document', 'script', 'xhr', 'fetch'].includes(response.request().resourceType());
}

/** A window's own navigation, not that of a frame in it. */
function isArrival(request: Request): boolean {
  if (!request.isNavigationRequest()) return false;
  try {
    return request.frame().parentFrame() === null;
  } catch {
    // The window was closed before it showed anything.
    return false;
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}

/** Playwright's words for whatever is asked of a browser, window or page that is no more. */
function isGone(error: unknown): boolean {
  return (
    error instanceof Error && /has been closed|Target closed|browser has disconnected/i.test(error.message)
  );
}
