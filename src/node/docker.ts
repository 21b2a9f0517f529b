import { z } from 'zod';
import { assertNever } from '../core/errors.ts';
import type {
  BotContainers,
  BotTarget,
  Container,
  Inspection,
  RestartFailure,
  RestartOptions,
  RestartOutcome,
  RestartPlan,
} from '../core/export/restart.ts';
import {
  chooseService,
  commandFailureOf,
  configFailureOf,
  judgeRestart,
  planRestart,
} from '../core/export/restart.ts';
import type { Timer } from '../core/ports.ts';
import { scrub } from '../core/scrub.ts';
import type { CommandOptions, CommandOutcome, RunCommand } from './run-command.ts';

/** For a command that only looks: compose 1 takes seconds to start on a NAS. */
const LOOK_MS = 30_000;
/** For the command that restarts: 30 s for the bot to stop, the rest for a slow disk. */
const ACTION_MS = 180_000;
const STOP_SECONDS = '30';
const POLL_MS = 500;
const LOG_LINES = '20';
const LONGEST_MESSAGE = 500;

/** Where docker and docker-compose may be when the PATH does not say: a desktop program's is bare. */
export const DOCKER_FOLDERS = {
  local: (home: string): readonly string[] => [
    '/usr/local/bin',
    '/usr/bin',
    '/opt/homebrew/bin',
    `${home}/.docker/bin`,
    '/Applications/Docker.app/Contents/Resources/bin',
    'C:/Program Files/Docker/Docker/resources/bin',
    `${home}/.orbstack/bin`,
    `${home}/.rd/bin`,
    '/snap/bin',
  ],
  /** Synology (Container Manager, and Docker before it) and QNAP (Container Station). */
  nas: [
    '/usr/local/bin',
    '/usr/bin',
    '/var/packages/ContainerManager/target/usr/bin',
    '/var/packages/Docker/target/usr/bin',
    '/share/CACHEDEV1_DATA/.qpkg/container-station/bin',
    '/share/CACHEDEV1_DATA/.qpkg/container-station/usr/bin',
  ],
} as const;

export interface DockerOptions {
  /** Runs a command on the machine whose containers these are. */
  readonly run: RunCommand;
  /** Looked through after the PATH: {@link DOCKER_FOLDERS}. */
  readonly folders: readonly string[];
  /** Puts `sudo -n` before every command. */
  readonly sudo?: boolean;
  readonly timer: Timer;
  /** For all that an inspection asks, together; by default each command has its own limit only. */
  readonly inspectionLimitMs?: number;
}

/** Docker and compose by their command lines, as a person would use them in the bot's folder. */
export class Docker implements BotContainers {
  readonly #options: DockerOptions;

  constructor(options: DockerOptions) {
    this.#options = options;
  }

  async inspect(target: BotTarget, signal?: AbortSignal): Promise<Inspection> {
    try {
      return (await this.#find(target, signal)).inspection;
    } catch (error) {
      return { kind: 'failed', failure: failureOf(error) };
    }
  }

  restart(target: BotTarget, { willRestart, onLine, signal }: RestartOptions = {}): Promise<RestartOutcome> {
    return this.#judge<never>(
      target,
      signal,
      async ({ project, inspection: { service, container, plan } }) => {
        if (container === undefined || plan === undefined) throw refusal('no-container');
        await willRestart?.(container.startedAt);
        await project.carryOut(plan, service, onLine);
        const started = plan.action === 'restart' ? project.read(container.id) : project.container(service);
        return { before: container, plan, started: await started };
      },
    );
  }

  prove(target: BotTarget, since: string, signal?: AbortSignal): Promise<RestartOutcome | undefined> {
    return this.#judge(target, signal, async ({ inspection: { container, plan } }) => {
      if (container === undefined || plan === undefined) return undefined;
      if (!container.running || container.startedAt === since) return undefined;
      return { before: { ...container, startedAt: since }, plan, started: container };
    });
  }

  /** `begin` answers the container before and after its start. */
  async #judge<Nothing extends undefined>(
    target: BotTarget,
    signal: AbortSignal | undefined,
    begin: (found: Found) => Promise<Beginning | Nothing>,
  ): Promise<RestartOutcome | Nothing> {
    let found: Found | undefined;
    try {
      found = await this.#find(target, signal);
      const begun = await begin(found);
      if (begun === undefined) return begun;
      const container = await this.#prove(found.project, begun, signal);
      return { kind: 'restarted', plan: begun.plan, container };
    } catch (error) {
      const failure = failureOf(error);
      const { project, inspection } = found ?? {};
      const { plan, service } = inspection ?? {};
      const log = plan === undefined || service === undefined ? [] : await project?.log(service);
      return { kind: 'failed', failure, plan, log: log ?? [] };
    }
  }

  async #find(target: BotTarget, signal: AbortSignal | undefined): Promise<Found> {
    const { folders, inspectionLimitMs } = this.#options;
    const run = runWithin(this.#options, signal, inspectionLimitMs);
    const docker = await findDocker(run, folders);
    const serverVersion = await readServerVersion(run, docker.program);
    const { argv, ...compose } = await findCompose(run, docker.program, folders);
    const project = new Project(run, docker.program, argv, target);
    // What follows an inspection has limits of its own.
    const unlimited = new Project(runWithin(this.#options, signal), docker.program, argv, target);
    const services = await project.services();
    const choice = chooseService(services, target.service);
    if (choice.kind === 'failed') throw new Refusal(choice.failure);
    const { service } = choice;
    const container = await project.container(service);
    const plan = container && planRestart(container, target);
    const inspection = { docker: { ...docker, serverVersion }, compose, services, service, container, plan };
    return { project: unlimited, inspection: { kind: 'inspected', ...inspection } };
  }

  async #prove(
    project: Project,
    { before, started }: Beginning,
    signal: AbortSignal | undefined,
  ): Promise<Container> {
    if (started === undefined) throw refusal('not-restarted');
    const begin = performance.now();
    let latest: Container | undefined = started;
    for (let sleptMs = 0; latest !== undefined; sleptMs += POLL_MS) {
      // Where each look takes seconds, sleeping is the smaller part.
      const elapsedMs = Math.max(sleptMs, performance.now() - begin);
      const verdict = judgeRestart({ before, started, latest, elapsedMs });
      if (verdict === 'proven') return latest;
      if (verdict === 'exited') throw refusal(verdict, `exit code ${latest.exitCode}`);
      if (verdict !== 'not-yet') throw refusal(verdict);
      await this.#options.timer.sleep(POLL_MS, signal);
      latest = await project.read(started.id);
    }
    throw refusal('exited');
  }
}

interface Found {
  readonly project: Project;
  readonly inspection: Extract<Inspection, { readonly kind: 'inspected' }>;
}

interface Beginning {
  readonly before: Container;
  readonly plan: RestartPlan;
  readonly started: Container | undefined;
}

// ── Commands ────────────────────────────────────────────────────────────────────────────────────────────

type Ended = Extract<CommandOutcome, { readonly kind: 'ended' }>;

/** Runs a command of one operation. `undefined`: there is no such program. Throws where the operation is over. */
type Run = (
  argv: readonly string[],
  options?: Pick<CommandOptions, 'cwd' | 'onLine'> & { readonly timeoutMs?: number },
) => Promise<Ended | undefined>;

function runWithin(
  { run, sudo = false }: DockerOptions,
  signal: AbortSignal | undefined,
  limitMs = Number.POSITIVE_INFINITY,
): Run {
  const until = performance.now() + limitMs;
  return async (argv, options) => {
    const timeoutMs = Math.min(LOOK_MS, until - performance.now());
    if (timeoutMs <= 0) throw refusal('timeout', argv.join(' '));
    const outcome = await run(sudo ? ['sudo', '-n', ...argv] : argv, {
      timeoutMs,
      signal,
      // Messages are recognised in English only.
      env: { LC_ALL: 'C' },
      ...options,
    });
    switch (outcome.kind) {
      case 'ended':
        if (sudo && isSudoRefusal(outcome)) throw refusal('sudo-refused', outcome.stderr);
        return outcome;
      case 'missing':
        if (sudo) throw refusal('sudo-refused', 'there is no sudo');
        return undefined;
      case 'timed-out':
        throw refusal('timeout', argv.join(' '));
      case 'cancelled':
        throw refusal('cancelled');
      case 'failed':
        throw refusal('failed', outcome.message);
      default:
        return assertNever(outcome);
    }
  };
}

/** sudo's own warnings (a host name that it cannot resolve) do not keep it from going on. */
function isSudoRefusal({ exitCode, stderr }: Ended): boolean {
  return (
    exitCode !== 0 && /^sudo: a (?:password|terminal) is|\bsudoers\b|is not allowed to execute/m.test(stderr)
  );
}

function candidates(program: string, folders: readonly string[]): readonly string[] {
  return [program, ...folders.map((folder) => `${folder}/${program}`)];
}

async function findDocker(
  run: Run,
  folders: readonly string[],
): Promise<{ readonly program: string; readonly version: string }> {
  for (const program of candidates('docker', folders)) {
    const version = versionIn(await run([program, '--version']));
    if (version !== undefined) return { program, version };
  }
  throw refusal('docker-missing');
}

async function readServerVersion(run: Run, docker: string): Promise<string> {
  const ended = await run([docker, 'version', '--format', '{{.Server.Version}}']);
  if (ended?.exitCode === 0) return ended.stdout.toString().trim();
  const stderr = ended?.stderr ?? '';
  const reason = commandFailureOf(stderr);
  throw refusal(reason === 'permission-denied' ? reason : 'daemon-down', stderr);
}

async function findCompose(
  run: Run,
  docker: string,
  folders: readonly string[],
): Promise<{
  readonly argv: readonly string[];
  readonly form: 'docker compose' | 'docker-compose';
  readonly version: string;
}> {
  const plugin = [docker, 'compose'];
  const version = versionIn(await run([...plugin, 'version', '--short']));
  if (version !== undefined) return { argv: plugin, form: 'docker compose', version };
  for (const program of candidates('docker-compose', folders)) {
    const version = versionIn(await run([program, 'version', '--short']));
    if (version !== undefined) return { argv: [program], form: 'docker-compose', version };
  }
  throw refusal('compose-missing');
}

function versionIn(ended: Ended | undefined): string | undefined {
  return ended?.exitCode === 0 ? /\d+\.\d[^\s,]*/.exec(ended.stdout.toString())?.[0] : undefined;
}

// ── The project in the bot's folder ─────────────────────────────────────────────────────────────────────

/** A variable may have no value, not even an empty one. */
const ITS_VALUE = '{{range $i, $part := $e}}{{if $i}}{{json $part}},{{end}}{{end}}';

/**
 * One line of JSON for each container. Of the environment only the names are asked for, and the value of TZ, so that
 * no secret leaves Docker.
 */
const CONTAINER_TEMPLATE = `{${[
  '"id":{{json .ID}}',
  '"running":{{json .State.Running}}',
  '"restarting":{{json .State.Restarting}}',
  '"startedAt":{{json .State.StartedAt}}',
  '"exitCode":{{json .State.ExitCode}}',
  '"health":{{with .State.Health}}{{json .Status}}{{else}}"none"{{end}}',
  '"variables":[{{range $i, $e := .Config.Env}}{{if $i}},{{end}}{{json (index (split $e "=") 0)}}{{end}}]',
  `"timeZone":[{{range .Config.Env}}{{$e := split . "="}}{{if eq (index $e 0) "TZ"}}${ITS_VALUE}{{end}}{{end}}""]`,
  '"mounts":{{json .Mounts}}',
  '"workingDir":{{json (index .Config.Labels "com.docker.compose.project.working_dir")}}',
  '"oneOff":{{json (index .Config.Labels "com.docker.compose.oneoff")}}',
].join(',')}}`;

const containerSchema = z.object({
  id: z.string(),
  running: z.boolean(),
  restarting: z.boolean(),
  startedAt: z.string(),
  exitCode: z.number(),
  health: z.enum(['none', 'starting', 'healthy', 'unhealthy']),
  variables: z.array(z.string()),
  timeZone: z.array(z.string()).transform(([value = '']) => value),
  mounts: z.array(
    z
      .object({ Source: z.string(), Destination: z.string() })
      .transform(({ Source, Destination }) => ({ source: Source, destination: Destination })),
  ),
  workingDir: z.string(),
  /** `True` for what `compose run` made. */
  oneOff: z.string(),
});

class Project {
  readonly #run: Run;
  readonly #docker: string;
  readonly #compose: readonly string[];
  readonly #target: BotTarget;

  constructor(run: Run, docker: string, compose: readonly string[], target: BotTarget) {
    this.#run = run;
    this.#docker = docker;
    this.#compose = [...compose, ...target.composeFiles.flatMap((file) => ['-f', file])];
    this.#target = target;
  }

  async services(): Promise<readonly string[]> {
    const ended = await this.#run([...this.#compose, 'config', '--services'], { cwd: this.#target.dir });
    // The program was there a moment ago: it is the folder that is missing.
    if (ended === undefined) throw refusal('compose-file-missing', this.#target.dir);
    if (ended.exitCode !== 0) throw refusal(configFailureOf(ended.stderr, this.#target), ended.stderr);
    return linesOf(ended.stdout.toString());
  }

  /**
   * The service's container, running or not. `ps --quiet` writes one id a line in every version, where
   * `--format json` is an array, or lines, or not there.
   */
  async container(service: string): Promise<Container | undefined> {
    const ended = await this.#inDir(['ps', '--all', '--quiet', service]);
    // What compose 2 says of a known service without a container (docker/compose#9951, until 2.15).
    if (ended.exitCode !== 0 && /no such service/i.test(ended.stderr)) return undefined;
    assertDone(ended);
    return this.read(...linesOf(ended.stdout.toString()));
  }

  /** The first that is not of `compose run`. */
  async read(...ids: readonly string[]): Promise<Container | undefined> {
    if (ids.length === 0) return undefined;
    const argv = ['inspect', '--type', 'container', '--format', CONTAINER_TEMPLATE, ...ids];
    const ended = await this.#run([this.#docker, ...argv]);
    // Gone since.
    if (ended === undefined || /no such container/i.test(ended.stderr)) return undefined;
    assertDone(ended);
    const found = linesOf(ended.stdout.toString()).map(parseContainer);
    return found.find(({ isOneOff }) => !isOneOff)?.container;
  }

  /** Resolves when the command has ended well, which proves nothing. */
  async carryOut(
    { action }: RestartPlan,
    service: string,
    onLine: ((line: string) => void) | undefined,
  ): Promise<void> {
    const verb = action === 'restart' ? ['restart'] : ['up', '-d', '--force-recreate', '--no-deps'];
    assertDone(
      await this.#inDir([...verb, '-t', STOP_SECONDS, service], {
        timeoutMs: ACTION_MS,
        onLine: onLine && ((line) => onLine(presentable(line))),
      }),
    );
  }

  /** The last lines of the container's output, oldest first; none where they cannot be had. */
  async log(service: string): Promise<readonly string[]> {
    try {
      const container = await this.container(service);
      if (container === undefined) return [];
      const argv = ['logs', '--tail', LOG_LINES, '--timestamps', container.id];
      const ended = await this.#run([this.#docker, ...argv]);
      const lines = linesOf(`${ended?.stdout.toString()}\n${ended?.stderr}`);
      // Of two outputs, put together again by Docker's times, which are all of one length.
      return lines.toSorted().map((line) => presentable(line.replace(/^\S+ ?/, '')));
    } catch (error) {
      failureOf(error);
      return [];
    }
  }

  async #inDir(args: readonly string[], options?: Parameters<Run>[1]): Promise<Ended> {
    const ended = await this.#run([...this.#compose, ...args], { cwd: this.#target.dir, ...options });
    if (ended === undefined) throw refusal('compose-missing');
    return ended;
  }
}

function parseContainer(line: string): { readonly container: Container; readonly isOneOff: boolean } {
  try {
    const { oneOff, ...container } = containerSchema.parse(JSON.parse(line));
    return { container, isOneOff: oneOff === 'True' };
  } catch {
    throw refusal('failed', 'docker inspect said something else than it was asked for');
  }
}

function assertDone({ exitCode, stderr }: Ended): void {
  if (exitCode !== 0) throw refusal(commandFailureOf(stderr), stderr || `exit code ${exitCode}`);
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

// ── Failures ────────────────────────────────────────────────────────────────────────────────────────────

/** Ends an operation and says why. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly failure: RestartFailure;

  constructor(failure: RestartFailure) {
    super(failure.reason);
    this.failure = failure;
  }
}

/** `message` is what a program said. */
function refusal(
  reason: Extract<RestartFailure, { readonly message: string }>['reason'],
  message = '',
): Refusal {
  const lines = linesOf(message);
  // Of a Python traceback (compose 1) only the last line is meant for people.
  const words = lines[0]?.startsWith('Traceback') === true ? lines.slice(-1) : lines;
  const text = words.map((line) => presentable(line).trim()).join(' ');
  return new Refusal({ reason, message: text.slice(0, LONGEST_MESSAGE) });
}

/** Anything but a refusal is not ours to explain: a bug, or a machine that `run` cannot reach. */
function failureOf(error: unknown): RestartFailure {
  if (error instanceof Refusal) return error.failure;
  throw error;
}

/**
 * A line as it may be shown. Compose quotes the env file itself where it cannot parse it: `unexpected character
 * "…" in variable name near "…"` (compose-go, dotenv).
 */
function presentable(line: string): string {
  return scrub(line.replace(/\bnear ".*/, 'near […]'));
}
