import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemTimer } from '../clock.ts';
import { errnoOf } from '../paths.ts';
import { LABEL, readLaunchAgent, renderLaunchAgent } from './launchd.ts';
import type { OsSchedule, SchedulePlan, ScheduleRequest, ScheduleStatus } from './os-schedule.ts';
import { type RunSchedulerCommand, runOrThrow, unavailable } from './scheduler-command.ts';

/** `bootout` answers before the agent is gone, and `bootstrap` fails until then. */
const BOOTSTRAP_TRIES = 5;
const BOOTSTRAP_PAUSE_MS = 300;

export interface LaunchdOptions {
  readonly run: RunSchedulerCommand;
  readonly homedir: string;
  readonly uid: number;
}

/** A launch agent in the user's own session (launchctl(1), domain `gui/UID`). */
export class LaunchdSchedule implements OsSchedule {
  readonly #run: RunSchedulerCommand;
  readonly #file: string;
  readonly #domain: string;

  constructor({ run, homedir, uid }: LaunchdOptions) {
    this.#run = run;
    this.#file = join(homedir, 'Library', 'LaunchAgents', `${LABEL}.plist`);
    this.#domain = `gui/${uid}`;
  }

  async plan({ recurrence, command, warnings }: ScheduleRequest): Promise<SchedulePlan> {
    const entry = renderLaunchAgent(recurrence, command);
    const present = await this.#read();
    const unchanged = present === entry && (await this.#isLoaded());
    const change = present === undefined ? 'add' : unchanged ? 'none' : 'replace';
    return { where: this.#file, entry, change, warnings };
  }

  async install(request: ScheduleRequest): Promise<SchedulePlan> {
    const plan = await this.plan(request);
    if (plan.change === 'none') return plan;
    await this.#unload();
    await mkdir(dirname(this.#file), { recursive: true });
    await writeFile(this.#file, plan.entry, { mode: 0o600 });
    await this.#load();
    return plan;
  }

  async status(): Promise<ScheduleStatus> {
    const present = await this.#read();
    if (present === undefined || !(await this.#isLoaded())) return { installed: false };
    return { installed: true, where: this.#file, ...readLaunchAgent(present) };
  }

  async remove(): Promise<boolean> {
    if ((await this.#read()) === undefined) return false;
    await this.#unload();
    await rm(this.#file);
    return true;
  }

  async #read(): Promise<string | undefined> {
    try {
      return await readFile(this.#file, 'utf8');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw unavailable('launchctl', 'failed', `${this.#file}: ${errnoOf(error)}`, error);
    }
  }

  async #isLoaded(): Promise<boolean> {
    return (await this.#run(['launchctl', 'print', `${this.#domain}/${LABEL}`])).exitCode === 0;
  }

  async #load(): Promise<void> {
    const argv = ['launchctl', 'bootstrap', this.#domain, this.#file];
    for (let tries = 1; tries < BOOTSTRAP_TRIES; tries++) {
      if ((await this.#run(argv)).exitCode === 0) return;
      await systemTimer.sleep(BOOTSTRAP_PAUSE_MS);
    }
    await runOrThrow(this.#run, argv);
  }

  async #unload(): Promise<void> {
    if (await this.#isLoaded())
      await runOrThrow(this.#run, ['launchctl', 'bootout', `${this.#domain}/${LABEL}`]);
  }
}
