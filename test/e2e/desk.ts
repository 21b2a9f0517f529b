/**
 * One person's machine: a home, the application and the command line on it, and the services that both talk to. Whatever
 * anybody came to see of Jeton on it is kept, so that a story can end by asking what was given away.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { z } from 'zod';
import { type SlackSimulator, type SlackSimulatorOptions, startSlackSimulator } from '../simulators/slack.ts';
import { startWorldlineSimulator, type WorldlineSimulator } from '../simulators/worldline.ts';
import { createTestCli, type RunningCli, type TestCli } from '../support/cli.ts';
import { TEST_KEY } from '../support/open-stores.ts';
import { watchProcesses } from '../support/process-watch.ts';
import { filesIn, type Place, SecretSearch } from '../support/secret-search.ts';
import { type DrivenApplication, launch, type LaunchOptions } from './driver.ts';

const FULL_LIFE_SECONDS = 12 * 60 * 60;
/** Past its half from the beginning, as a life counts as a minute at least: due as soon as somebody looks. */
export const DUE_LIFE_SECONDS = 25;

export interface DeskOptions extends SlackSimulatorOptions {
  readonly env?: NodeJS.ProcessEnv;
}

export interface SlackApp {
  readonly id: string;
  readonly name: string;
  /** Slack's own name of its chain of tokens. */
  readonly chain: string;
}

export interface Desk {
  readonly home: string;
  readonly keyFile: string;
  readonly slack: SlackSimulator;
  readonly worldline: WorldlineSimulator;
  /** Started as by hand, which opens the window, unless `args` say otherwise. */
  start(options?: StartOptions): Promise<DrivenApplication>;
  /** The command line; it has to end with this code. Answers what it printed. */
  type(args: readonly string[], options?: TypeOptions): Promise<string>;
  typing(args: readonly string[]): RunningCli;
  /** An app of which the command line has just renewed the tokens, which then live for so long. */
  addApp(name: string, lifeSeconds?: number): Promise<SlackApp>;
  /** Signed in with tokens of so short a life that they are due within seconds. */
  signInWithDueTokens(): Promise<void>;
  /** The page of Jeton's own window, once it is shown. */
  window(application: DrivenApplication): Promise<Page>;
  /** Somebody else's secrets that must not be told, either. */
  keepSecret(name: string, secret: string): void;
  /** Asks the window for everything it can get, and searches all that was told, anywhere. */
  expectNothingGivenAway(): Promise<void>;
}

interface StartOptions extends Omit<LaunchOptions, 'home'> {
  /** Another main process than the one that was built. */
  readonly main?: string;
}

interface TypeOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly exits?: number;
}

export const HIDDEN = { args: ['--hidden'] } as const;

export async function createDesk({ env = {}, ...slackOptions }: DeskOptions = {}): Promise<Desk> {
  const [slack, worldline] = await Promise.all([
    startSlackSimulator(slackOptions),
    // A name that Node resolves, too.
    startWorldlineSimulator({ host: 'localhost' }),
  ]);
  onTestFinished(async () => void (await Promise.all([slack.stop(), worldline.stop()])));
  const services = { JETON_SLACK_API_URL: slack.url, JETON_ONEFLEX_URL: worldline.url, ...env };
  const cli = createTestCli(services);
  const { home, keyFile } = cli;
  allowSignInHosts(home, worldline);
  // Other systems do not show it in files.
  const watch = process.platform === 'linux' ? watchProcesses(home) : undefined;
  onTestFinished(() => watch?.stop());
  const applications: DrivenApplication[] = [];
  const pages: Page[] = [];
  const printed: Place[] = [];
  const told: Place[] = [];
  const others = new Map<string, string>();

  const type: Desk['type'] = async (args, { exits = 0, ...options } = {}) => {
    const { code, stdout, stderr } = await cli.run(args, options);
    printed.push({ name: `what ${args.join(' ')} printed`, bytes: Buffer.from(stdout + stderr) });
    if (code !== exits) throw new Error(`${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    return stdout;
  };

  return {
    home,
    keyFile,
    slack,
    worldline,
    type,
    typing: (args) => cli.start(args),
    async start({ main, ...options } = {}) {
      const folder = dirname(home);
      const own = {
        HOME: folder,
        XDG_CONFIG_HOME: join(folder, '.config'),
        LANG: 'C.UTF-8',
        JETON_MASTER_KEY_FILE: keyFile,
        ...services,
      };
      const application = await launch(
        {
          home,
          locale: 'en-GB',
          ...options,
          env: { ...own, ...options.env },
        },
        main,
      );
      onTestFinished(() => application.dispose());
      applications.push(application);
      return application;
    },
    async addApp(name, lifeSeconds = FULL_LIFE_SECONDS) {
      slack.setAccessTokenSeconds(lifeSeconds);
      const { label, clientId, clientSecret, refreshToken } = slack.issueChain({
        client: slack.issueClient(),
      });
      await type(['slack', 'add', '--name', name, '--client-id', clientId], {
        env: { JETON_SLACK_CLIENT_SECRET: clientSecret, JETON_SLACK_REFRESH_TOKEN: refreshToken },
      });
      slack.setAccessTokenSeconds(FULL_LIFE_SECONDS);
      return { id: await idOf(name, cli), name, chain: label };
    },
    async signInWithDueTokens() {
      worldline.configure({ accessTokenSeconds: 8 });
      const { accessToken, refreshToken } = worldline.issue(worldline.employee);
      await type(['oneflex', 'login', '--paste'], { input: `${accessToken}\n${refreshToken}\n` });
      worldline.configure({ accessTokenSeconds: 900 });
    },
    async window(application) {
      const page = await application.page(
        ({ url, visibility }) => url.startsWith('app:') && visibility === 'shown',
      );
      await page.getByRole('navigation').waitFor();
      if (!pages.includes(page)) {
        pages.push(page);
        await page.evaluate(RECORD);
      }
      return page;
    },
    keepSecret: (name, secret) => void others.set(name, secret),
    async expectNothingGivenAway() {
      for (const page of pages.filter((each) => !each.isClosed())) {
        const everything = await page.evaluate<string>(TELL_EVERYTHING);
        // It did hear something, and more than an error.
        expect(everything).toContain('"sentence"');
        told.push({ name: 'what the window was told', bytes: Buffer.from(everything) });
      }
      const search = new SecretSearch();
      for (const secret of [...slack.secrets(), ...worldline.secrets()])
        search.add('a token', secret, { whole: true });
      search.add('the master key', TEST_KEY);
      for (const [name, secret] of others) search.add(name, secret, { whole: true });
      const outputs = applications.map(({ output }) => ({
        name: 'what the application printed',
        bytes: Buffer.from(output),
      }));
      const notices = await Promise.all(
        applications.map(async (application) => ({
          name: 'tray, windows and notifications',
          // Of one that has ended there may be nothing left to see.
          bytes: Buffer.from(JSON.stringify(await application.see().catch(() => null))),
        })),
      );
      const places = [
        ...filesIn(join(home, 'logs'), 'logs'),
        ...filesAt(home, 'settings.json', 'jeton.db', 'jeton.db-wal'),
        ...(watch?.argv ?? []),
        ...printed,
        ...told,
        ...outputs,
        ...notices,
      ];
      expect(search.find(places)).toEqual([]);
      // It looked at something, everywhere.
      const said = places.map(({ name, bytes }) => `${name}: ${bytes.toString()}`).join('\n');
      for (const known of ['application-started', 'signInHosts', ...(watch ? ['out/main/index.js'] : [])])
        expect(said).toContain(known);
    },
  };
}

/** Signs in on the pages that the application's sign-in window shows, as somebody who types. */
export async function signIn(
  application: DrivenApplication,
  { employee, hosts }: WorldlineSimulator,
  { mistypes = false }: { readonly mistypes?: boolean } = {},
): Promise<void> {
  const page = await application.page(({ url }) => url.includes(`//${hosts.identityProvider}`));
  const answer = async (label: string, text: string): Promise<void> => {
    const field = page.getByLabel(label, { exact: true });
    await field.fill(text);
    await field.press('Enter', { noWaitAfter: true });
  };
  await answer('E-mail', employee.email);
  if (mistypes) {
    await answer('Mot de passe', 'mistyped');
    await page.getByText('Compte ou mot de passe incorrect.').waitFor();
  }
  await answer('Mot de passe', employee.password);
  await answer('Code', employee.code);
  const stay = page.getByRole('button', { name: 'Non', exact: true });
  await stay.waitFor();
  // The window may be gone before the click is over: what it leads to is what is waited for.
  await stay.click({ noWaitAfter: true }).catch(() => undefined);
}

/** What became of each request to rotate a chain behind that one; asking whether a token works is no harm. */
export function rotationsSince({ ledger }: SlackSimulator, number: number): readonly string[] {
  return ledger
    .slice(number)
    .filter(({ method }) => method === 'oauth.v2.access')
    .map(({ chain, outcome }) => `${chain} ${outcome}`)
    .sort();
}

export function rowOf(page: Page, name: string): Locator {
  return page.locator('.list').getByRole('listitem').filter({ hasText: name });
}

/** When the row says so. */
/** The list says, and the tray, that the vault is locked and why; answers what the window offers to do. */
export async function vaultIsLocked(
  page: Page,
  application: DrivenApplication,
  why: string,
): Promise<Locator> {
  await sentenceIs(page, 'The vault is locked: nothing can be renewed until it opens.');
  const state = page.getByRole('region', { name: 'The vault is locked' });
  await state.getByText(why).waitFor();
  await application.until('the tray says so', ({ tray }) => tray?.icon === 'needs-you');
  return state;
}

export async function rowIs(page: Page, name: string, state: string): Promise<void> {
  await rowOf(page, name).locator('.chip').getByText(state, { exact: true }).waitFor();
}

export async function alertSays(page: Page, words: string): Promise<void> {
  await page.getByRole('alert').filter({ hasText: words }).waitFor();
}

export async function sentenceIs(page: Page, sentence: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1 }).filter({ hasText: sentence, visible: true }).waitFor();
}

export const isOurs = ({ url }: { readonly url: string }): boolean => url.startsWith('app:');

const status = z.object({ integrations: z.array(z.object({ id: z.string(), name: z.string() })) });

async function idOf(name: string, cli: TestCli): Promise<string> {
  const { integrations } = status.parse((await cli.json(['status'])).document);
  return integrations.find((one) => one.name === name)?.id ?? '';
}

/** As a company's own federation is added. */
function allowSignInHosts(home: string, { url, hosts }: WorldlineSimulator): void {
  const { port } = new URL(url);
  const signInHosts = [hosts.identityProvider, 'sso.localhost'].map((host) => `${host}:${port}`).join(', ');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(join(home, 'settings.json'), JSON.stringify({ oneflex: { signInHosts } }), { mode: 0o600 });
}

function filesAt(home: string, ...names: readonly string[]): readonly Place[] {
  return names.flatMap((name) => {
    try {
      return [{ name, bytes: readFileSync(join(home, name)) }];
    } catch {
      return [];
    }
  });
}

/** In the page: everything that the main process tells it from now on. */
const RECORD = `
  window.told = [];
  for (const event of ['onStateChanged', 'onExportLine', 'onLogLines', 'onViewRequested'])
    window.jeton[event]((payload) => window.told.push(JSON.stringify(payload)));
`;

/** What was told, what every question that changes nothing is answered, and what the page itself shows. */
const TELL_EVERYTHING = `(async () => {
  const { jeton } = window;
  const answers = await Promise.all([
    jeton.getState(), jeton.listTargets(), jeton.listSettings(), jeton.getAlerts(), jeton.getSchedule(),
    jeton.listActivity({ limit: 500 }), jeton.readLogs({ count: 1000 }), jeton.examine(),
  ]);
  // A question that was refused for its form would have been asked of nobody.
  const refused = answers.find((answer) => !answer.ok && answer.error.code.startsWith('call-'));
  if (refused !== undefined) throw new Error(refused.error.message);
  const fields = [...document.querySelectorAll('input, textarea')].map(({ value }) => value);
  return [...window.told, JSON.stringify(answers), document.documentElement.outerHTML, ...fields].join('\\n');
})()`;
