/** A bot as somebody has it: a folder, and a container where a Docker engine can be reached. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from './stage.ts';

const SERVICE = 'oneflex-bot';
const PUBLIC_IMAGE = 'busybox';
const APPLETS = ['sh', 'sed', 'sleep', 'printf', 'sha256sum', 'cut'];
const LONGEST_START_MS = 10_000;
const HOUR_MS = 3_600_000;

/** Reads its file once, when it starts, and says what it read without giving it away. */
const SCRIPT = `trap 'exit 0' TERM
token=$(sed -n 's/^ONEFLEX_TOKEN=//p' /app/config/.env)
echo "the bot reads token $(printf %s "$token" | sha256sum | cut -c1-12)"
sleep 100000 &
wait
`;

export class Bot {
  readonly dir: string;
  readonly envFile: string;
  /** What the person wrote into it. */
  readonly settings: string;
  readonly #stage: Stage;
  #container: string | undefined;
  #removable: string | undefined;
  #isReached = false;
  #isRunning = false;

  constructor(stage: Stage) {
    this.#stage = stage;
    // Compose tells projects apart by their folder's name: this one is nobody else's.
    this.dir = join(stage.folder, `${basename(stage.folder).toLowerCase()}-bot`);
    this.envFile = join(this.dir, 'config', '.env');
    // Far from now: a bot that is about to book would not be restarted.
    const bookingHour = String(new Date(Date.now() + 6 * HOUR_MS).getHours()).padStart(2, '0');
    this.settings = [
      '# The bot of the third floor. These lines are mine!',
      `RESERVATION_TIME=${bookingHour}:30   # when the desks open`,
      "VACATION_DATES='2027-07-12,2027-07-13'",
      '',
      'ONEFLEX_TOKEN=pasted-by-hand-in-spring',
      'SMTP_HOST=localhost',
      '',
    ].join('\n');
    mkdirSync(join(this.dir, 'config'), { recursive: true });
    writeFileSync(this.envFile, this.settings, { mode: 0o600 });
  }

  /** Whether it has a container, and that one sees the file. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Starts the container; answers why there is none. */
  async start(): Promise<string | undefined> {
    if ((await this.#docker('--version')) === undefined) return 'Docker is not installed';
    if ((await this.#docker('version', '--format', '{{.Server.Version}}')) === undefined) {
      return 'Docker is not running, or not for this user';
    }
    this.#isReached = true;
    const image = (await this.#importBusybox()) ?? (await this.#pullBusybox());
    if (image === undefined) return 'Docker has no busybox to make a bot of, and cannot fetch it';

    writeFileSync(join(this.dir, 'bot.sh'), SCRIPT);
    writeFileSync(join(this.dir, 'docker-compose.yml'), composeFile(image));
    this.#container = await this.#up();
    if (this.#container === undefined) return 'Docker and its compose cannot start a container here';
    this.#isRunning = await this.#hasRead('pasted-by-hand-in-spring');
    if (this.#isRunning) return undefined;
    await this.dispose();
    return 'Docker’s engine does not see this folder';
  }

  read(): string {
    return readFileSync(this.envFile, 'utf8');
  }

  token(): string {
    return /^ONEFLEX_TOKEN=(.*)$/m.exec(this.read())?.[1] ?? '';
  }

  /** What it said, in all its runs. */
  async words(): Promise<readonly string[]> {
    if (this.#container === undefined) return [];
    const output = (await this.#docker('logs', this.#container)) ?? '';
    return output.split('\n').filter((line) => line !== '');
  }

  /** Whether the container's last start met this token. */
  async isOn(token: string): Promise<boolean> {
    const digest = createHash('sha256').update(token).digest('hex').slice(0, 12);
    return (await this.words()).at(-1)?.endsWith(` ${digest}`) ?? false;
  }

  async dispose(): Promise<void> {
    if (!this.#isReached) return;
    // By the project's name: compose may have been stopped before it said which container it made.
    const own = `label=com.docker.compose.project=${basename(this.dir)}`;
    const ids = (await this.#docker('ps', '--all', '--quiet', '--filter', own)) ?? '';
    for (const id of ids.split('\n').filter(Boolean)) await this.#docker('rm', '--force', id);
    if (this.#removable !== undefined) await this.#docker('image', 'rm', '--force', this.#removable);
    this.#removable = undefined;
  }

  async #hasRead(token: string): Promise<boolean> {
    for (const until = Date.now() + LONGEST_START_MS; Date.now() < until; await delay(100)) {
      if (await this.isOn(token)) return true;
    }
    return false;
  }

  /** Linux's own, where it needs no library: nothing is fetched, and the image is this demo's. */
  async #importBusybox(): Promise<string | undefined> {
    const program = '/bin/busybox';
    if (process.platform !== 'linux' || !isStatic(program)) return undefined;
    const root = join(this.#stage.folder, 'image');
    mkdirSync(join(root, 'bin'), { recursive: true });
    copyFileSync(program, join(root, 'bin', 'busybox'));
    for (const applet of APPLETS) symlinkSync('busybox', join(root, 'bin', applet));
    const tarball = `${root}.tar`;
    const name = basename(this.dir);
    if ((await this.#stage.run(['tar', '-C', root, '-cf', tarball, '.'])) === undefined) return undefined;
    if ((await this.#docker('import', tarball, name)) === undefined) return undefined;
    this.#removable = name;
    return name;
  }

  async #pullBusybox(): Promise<string | undefined> {
    if ((await this.#docker('image', 'inspect', PUBLIC_IMAGE)) !== undefined) return PUBLIC_IMAGE;
    if ((await this.#docker('pull', '--quiet', PUBLIC_IMAGE)) === undefined) return undefined;
    this.#removable = PUBLIC_IMAGE;
    return PUBLIC_IMAGE;
  }

  #docker(...args: readonly string[]): Promise<string | undefined> {
    return this.#stage.run(['docker', ...args]);
  }

  /** The new container's id; `undefined` where there is no compose, or it does not get that far. */
  async #up(): Promise<string | undefined> {
    for (const compose of [['docker', 'compose'], ['docker-compose']]) {
      const did = await this.#stage.run([...compose, 'up', '-d', SERVICE], { cwd: this.dir });
      if (did === undefined) continue;
      return (await this.#stage.run([...compose, 'ps', '-q', SERVICE], { cwd: this.dir }))?.trim();
    }
    return undefined;
  }
}

/** A program that needs libraries names, at its beginning, the one that loads them: `/lib64/ld-linux-…`. */
function isStatic(path: string): boolean {
  return existsSync(path) && !readFileSync(path).subarray(0, 4096).includes('/ld-');
}

function composeFile(image: string): string {
  return `version: '3.8'
services:
  ${SERVICE}:
    image: ${image}
    command: [sh, /bot.sh]
    network_mode: none
    volumes:
      - ./config:/app/config:rw
      - ./bot.sh:/bot.sh:ro
`;
}
