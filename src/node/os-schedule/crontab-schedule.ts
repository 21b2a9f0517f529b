import { findBlock, readBlock, renderBlock, withBlock } from './crontab.ts';
import type { OsSchedule, SchedulePlan, ScheduleRequest, ScheduleStatus } from './os-schedule.ts';
import { type RunSchedulerCommand, runOrThrow, unavailable } from './scheduler-command.ts';

export interface CrontabOptions {
  readonly run: RunSchedulerCommand;
  /** The command that shows and replaces the crontab; root may add `-u USER`. */
  readonly crontab?: readonly string[];
}

/** A marked block in the user's crontab. */
export class CrontabSchedule implements OsSchedule {
  readonly #run: RunSchedulerCommand;
  readonly #crontab: readonly string[];

  constructor({ run, crontab = ['crontab'] }: CrontabOptions) {
    this.#run = run;
    this.#crontab = crontab;
  }

  async plan(request: ScheduleRequest): Promise<SchedulePlan> {
    return planFor(await this.#read(), request);
  }

  async install(request: ScheduleRequest): Promise<SchedulePlan> {
    const crontab = await this.#read();
    const plan = planFor(crontab, request);
    const block = renderBlock(request.recurrence, request.command);
    if (plan.change !== 'none') await this.#write(withBlock(crontab, block));
    return plan;
  }

  async status(): Promise<ScheduleStatus> {
    const found = blockIn(await this.#read());
    return found === undefined
      ? { installed: false }
      : { installed: true, where: 'crontab', ...readBlock(found.block) };
  }

  async remove(): Promise<boolean> {
    const found = blockIn(await this.#read());
    if (found === undefined) return false;
    await this.#write(found.before + found.after);
    return true;
  }

  async #read(): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#run([...this.#crontab, '-l']);
    if (exitCode === 0) return this.#unescaped(stdout.toString('latin1'));
    // Debian's cron and cronie; BusyBox names the file that is not there.
    if (/^no crontab for |can't open .*no such file/im.test(stderr)) return '';
    throw this.#refused(stderr, exitCode);
  }

  /**
   * Debian's cron lists a carriage return as `\r` and a backspace as `\b` (since 3.0pl1-149, its changelog), and
   * would keep them so if it got its listing back. An editor is given the bytes as they are: here cat(1).
   */
  async #unescaped(listing: string): Promise<string> {
    if (!/\\[rb]/.test(listing)) return listing;
    const editor = ['/usr/bin/env', 'VISUAL=cat', 'EDITOR=cat'];
    const { stdout } = await runOrThrow(this.#run, [...editor, ...this.#crontab, '-e']);
    const crontab = stdout.toString('latin1');
    if (escapeAsListed(crontab) === escapeAsListed(listing)) return crontab;
    throw unavailable(this.#crontab[0] ?? '', 'failed', 'crontab -e shows something else than crontab -l');
  }

  async #write(crontab: string): Promise<void> {
    if (crontab === '') {
      await runOrThrow(this.#run, [...this.#crontab, '-r']);
      return;
    }
    const { exitCode, stderr } = await this.#run([...this.#crontab, '-'], Buffer.from(crontab, 'latin1'));
    if (exitCode !== 0) throw this.#refused(stderr, exitCode);
  }

  #refused(stderr: string, exitCode: number) {
    const reason = /not allowed|permission denied/i.test(stderr) ? 'not-allowed' : 'failed';
    return unavailable(this.#crontab[0] ?? '', reason, stderr || `exit code ${exitCode}`);
  }
}

function planFor(crontab: string, request: ScheduleRequest): SchedulePlan {
  const block = renderBlock(request.recurrence, request.command);
  const found = blockIn(crontab);
  return {
    where: 'crontab',
    entry: Buffer.from(block, 'latin1').toString('utf8'),
    change: found === undefined ? 'add' : found.block === block ? 'none' : 'replace',
    warnings: request.warnings,
  };
}

function blockIn(crontab: string) {
  const found = findBlock(crontab);
  if (found.kind === 'damaged') throw unavailable('crontab', 'block-damaged', `line ${found.line}`);
  return found.kind === 'found' ? found : undefined;
}

function escapeAsListed(crontab: string): string {
  return crontab.replaceAll('\r', String.raw`\r`).replaceAll('\b', String.raw`\b`);
}
