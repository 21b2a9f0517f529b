/**
 * `npm run demo`: the main job, from adding Slack apps to seeing what became of them. The command line is the built
 * one, in processes of its own; Slack is the tests' simulator, on loopback; all else is in a folder that is removed at
 * the end. The summary is read back from Jeton and compared with the simulator; the exit code says whether it holds.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { z } from 'zod';
import { Secret } from '../src/core/secret.ts';
import { fingerprint } from '../src/node/fingerprint.ts';
import { openHome } from '../src/node/open-home.ts';
import { openSettingsFile } from '../src/node/settings-file.ts';
import { startSlackSimulator, type SlackSimulator } from '../test/simulators/slack.ts';

const JETON = join(import.meta.dirname, '../out/cli/index.js');
const WIDTH = 80;
const PERSON_NEEDED = 4;
/** What the command line sees of the environment: how to speak, and no folder, keychain or database of the user's. */
const KEPT_VARIABLES = [
  'PATH',
  'SystemRoot',
  'LANG',
  'LC_ALL',
  'LC_MESSAGES',
  'LC_TIME',
  'TZ',
  'TERM',
  'NO_COLOR',
];
const USER_FOLDERS = ['HOME', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'TMPDIR', 'TEMP', 'TMP'];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SHORT_LIFE_MS = 30 * MINUTE_MS;
const FULL_LIFE_MS = 12 * HOUR_MS;
/** Between Slack's answer and our look at the clock. */
const TOLERANCE_MS = MINUTE_MS;

const statusDocument = z.object({
  integrations: z.array(
    z.object({
      id: z.templateLiteral(['local:', z.string()]),
      name: z.string(),
      state: z.string(),
      worksUntil: z.iso.datetime().transform(Date.parse).nullable(),
      lastError: z.object({ message: z.string(), remedy: z.string() }).nullable(),
    }),
  ),
});
type Integration = z.output<typeof statusDocument>['integrations'][number];

interface Verdict {
  readonly holds: boolean;
  readonly claim: string;
}

/** What is printed and run, in one folder, until it is done or somebody stops it. */
class Demo {
  readonly folder = mkdtempSync(join(tmpdir(), 'jeton-demo-'));
  readonly home = join(this.folder, 'home');
  readonly masterKey = randomBytes(32).toString('base64');
  readonly outputs: string[] = [];
  readonly surprises: string[] = [];
  readonly env: NodeJS.ProcessEnv;
  readonly #stop: AbortSignal;

  constructor(slack: SlackSimulator, stop: AbortSignal) {
    this.#stop = stop;
    const keyFile = join(this.folder, 'master-key');
    const user = join(this.folder, 'user');
    mkdirSync(user);
    writeFileSync(keyFile, `${this.masterKey}\n`, { mode: 0o600 });
    this.env = {
      ...Object.fromEntries(KEPT_VARIABLES.map((name) => [name, process.env[name]])),
      ...Object.fromEntries(USER_FOLDERS.map((name) => [name, user])),
      ...(hasColour() && { FORCE_COLOR: '1' }),
      COLUMNS: String(WIDTH),
      JETON_HOME: this.home,
      JETON_MASTER_KEY_FILE: keyFile,
      JETON_SLACK_API_URL: slack.url,
    };
  }

  say(text: string): void {
    console.log(text);
  }

  /** A command as a person would type it, and what it prints. */
  async show(
    command: string,
    options: { readonly exits?: number; readonly env?: NodeJS.ProcessEnv } = {},
  ): Promise<void> {
    const { exits = 0, env = {} } = options;
    this.say(colour('cyan', `$ jeton ${command}`));
    const { output, exitCode } = await this.#run(command, env);
    this.say(output.trimEnd());
    if (exitCode === PERSON_NEEDED) this.say(colour('dim', '(exit code 4: a person is needed)'));
    if (exitCode !== exits) this.surprises.push(`jeton ${command}: exit code ${exitCode} and not ${exits}`);
  }

  async status(): Promise<readonly Integration[]> {
    const { output } = await this.#run('status --json', {});
    return statusDocument.parse(JSON.parse(output)).integrations;
  }

  async #run(command: string, env: NodeJS.ProcessEnv): Promise<{ output: string; exitCode: number | null }> {
    this.#stop.throwIfAborted();
    const child = spawn(process.execPath, [JETON, ...command.split(' ')], {
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const kill = (): unknown => child.kill();
    this.#stop.addEventListener('abort', kill);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    await once(child, 'close');
    this.#stop.removeEventListener('abort', kill);
    this.#stop.throwIfAborted();
    this.outputs.push(output);
    return { output, exitCode: child.exitCode };
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function tell(demo: Demo, slack: SlackSimulator): Promise<readonly Verdict[]> {
  const add = async (name: string, lifeMs: number) => {
    slack.setAccessTokenSeconds(lifeMs / 1000);
    const { label, clientId, clientSecret, refreshToken } = slack.issueChain({ client: slack.issueClient() });
    await demo.show(`slack add --name ${name} --client-id ${clientId}`, {
      env: { JETON_SLACK_CLIENT_SECRET: clientSecret, JETON_SLACK_REFRESH_TOKEN: refreshToken },
    });
    const { refreshToken: current } = slack.chain(label);
    return { label, current, expiresAt: Date.now() + lifeMs };
  };

  demo.say(`All of this happens in ${demo.folder}`);
  demo.say('and nothing else is touched. The folder is removed at the end.');
  demo.say(`Slack is a simulator: ${slack.url}\n`);

  demo.say('Three Slack apps. A terminal is asked for their secrets; here they are in the');
  demo.say('environment. The tokens of the last two are made to live for half an hour.');
  const fresh = await add('Fresh', FULL_LIFE_MS);
  const expiring = await add('Expiring', SHORT_LIFE_MS);
  const revoked = await add('Revoked', SHORT_LIFE_MS);

  demo.say('\nJeton will run every 4 hours: what "jeton schedule install" would note here.');
  await demo.show('config set schedule.everyMinutes 240');

  demo.say('\nSomebody revokes the third app in Slack. A dry run asks nobody: it cannot know.');
  slack.revoke(revoked.label);
  await demo.show('slack refresh --dry-run');

  demo.say('\nThe main job: renew what would not live until the next run, and nothing else.');
  slack.setAccessTokenSeconds(FULL_LIFE_MS / 1000);
  await demo.show('slack refresh', { exits: PERSON_NEEDED });

  demo.say('\nIs everything fresh, and if not, what is there to do?');
  await demo.show('status', { exits: PERSON_NEEDED });

  const integrations = await demo.status();
  const named = (name: string): Integration | undefined => integrations.find((one) => one.name === name);
  const until = named('Revoked')?.worksUntil ?? undefined;
  return [
    {
      claim: 'Expiring was renewed: Jeton holds the newest tokens that Slack issued for it',
      holds:
        slack.chain(expiring.label).rotations === 2 &&
        named('Expiring')?.state === 'fresh' &&
        isNear(named('Expiring')?.worksUntil, Date.now() + FULL_LIFE_MS) &&
        (await holdsNewest(demo, slack, named('Expiring'), expiring.label)),
    },
    {
      claim: 'Fresh was left alone: its tokens are those that it was added with',
      holds:
        slack.chain(fresh.label).rotations === 1 &&
        slack.chain(fresh.label).refreshToken === fresh.current &&
        named('Fresh')?.state === 'fresh' &&
        (await holdsNewest(demo, slack, named('Fresh'), fresh.label)),
    },
    {
      claim: `Revoked needs a person, works until ${until === undefined ? 'never' : clock(until)}, and says what to do`,
      holds:
        named('Revoked')?.state === 'needs-reinstall' &&
        isNear(until, revoked.expiresAt) &&
        (named('Revoked')?.lastError?.remedy ?? '') !== '',
    },
    {
      claim: `No refresh token was sent twice, in ${slack.ledger.length} requests`,
      holds: slack.resends().size === 0,
    },
    searchForSecrets(demo, slack),
    {
      claim: ['Every command ended with the exit code that belongs to it', ...demo.surprises].join('\n  '),
      holds: demo.surprises.length === 0,
    },
  ];
}

/** The chain's name is the hash of its refresh token: what is compared is what would be sent next. */
async function holdsNewest(
  { home, env }: Demo,
  slack: SlackSimulator,
  integration: Integration | undefined,
  label: string,
): Promise<boolean> {
  const { refreshToken, accessTokens } = slack.chain(label);
  if (integration === undefined || refreshToken === undefined) return false;
  const open = openHome({ home, env, settings: openSettingsFile(home, env).read() });
  try {
    const row = (await open.local.list()).find(({ id }) => id === integration.id);
    const accessToken = await open.local.accessToken(integration.id);
    return (
      row?.chain === fingerprint(new Secret(refreshToken)) && accessToken?.reveal() === accessTokens.at(-1)
    );
  } finally {
    await open.dispose();
  }
}

/** Names are no secrets: that they are found shows that the search would find a token. */
function searchForSecrets({ home, outputs, masterKey }: Demo, slack: SlackSimulator): Verdict {
  const files = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  const places = [...files, ...outputs.map((output) => Buffer.from(output))];
  const isAnywhere = (text: string): boolean => places.some((bytes) => bytes.includes(text));
  const secrets = [...slack.secrets(), masterKey];
  return {
    claim:
      `None of ${secrets.length} secrets is in plain text in the ${files.length} files of Jeton's home,\n` +
      `  nor in what ${outputs.length} commands printed (the same search finds the apps' names)`,
    holds:
      isAnywhere('Expiring') &&
      files.some((bytes) => bytes.includes('Expiring')) &&
      !secrets.some(isAnywhere),
  };
}

function isNear(moment: number | null | undefined, expected: number): boolean {
  return moment !== undefined && moment !== null && Math.abs(moment - expected) < TOLERANCE_MS;
}

function clock(moment: number): string {
  return new Date(moment).toTimeString().slice(0, 5);
}

function hasColour(): boolean {
  return process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
}

function colour(name: 'cyan' | 'green' | 'red' | 'dim' | 'bold', text: string): string {
  return hasColour() ? styleText(name, text) : text;
}

async function main(): Promise<number> {
  const startedAt = performance.now();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const slack = await startSlackSimulator();
  const demo = new Demo(slack, stop.signal);
  try {
    const verdicts = await tell(demo, slack);
    const allHold = verdicts.every(({ holds }) => holds);
    demo.say(`\nRead back from Jeton, and compared with the simulator:`);
    for (const { holds, claim } of verdicts) {
      demo.say(`${holds ? colour('green', '✓') : colour('red', '✗')} ${claim}`);
    }
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    demo.say(colour('bold', `\n${allHold ? 'All of it is true' : 'Not all of it is true'} (${seconds} s).`));
    return allHold ? 0 : 1;
  } catch (thrown) {
    if (!stop.signal.aborted) throw thrown;
    demo.say('Stopped; the folder is removed.');
    return 130;
  } finally {
    await slack.stop();
    demo.dispose();
  }
}

process.exitCode = await main();
