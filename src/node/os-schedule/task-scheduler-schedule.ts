import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OsSchedule, SchedulePlan, ScheduleRequest, ScheduleStatus } from './os-schedule.ts';
import { type RunSchedulerCommand, runOrThrow } from './scheduler-command.ts';
import { readTask, renderTask, TASK_NAME } from './task-scheduler.ts';

/** A task in the user's Task Scheduler, through schtasks.exe. */
export class TaskSchedulerSchedule implements OsSchedule {
  readonly #run: RunSchedulerCommand;

  constructor({ run }: { readonly run: RunSchedulerCommand }) {
    this.#run = run;
  }

  async plan({ recurrence, command, warnings }: ScheduleRequest): Promise<SchedulePlan> {
    // What Windows gives back is never the text that it was given, so an earlier task is always replaced.
    const change = (await this.#exists()) ? 'replace' : 'add';
    return { where: TASK_NAME, entry: renderTask(recurrence, command), change, warnings };
  }

  async install(request: ScheduleRequest): Promise<SchedulePlan> {
    const plan = await this.plan(request);
    const folder = await mkdtemp(join(tmpdir(), 'jeton-task-'));
    try {
      const file = join(folder, 'task.xml');
      // schtasks takes no other encoding for a document that declares this one.
      await writeFile(file, `\uFEFF${plan.entry.replaceAll('\n', '\r\n')}`, 'utf16le');
      await runOrThrow(this.#run, ['schtasks', '/Create', '/TN', TASK_NAME, '/XML', file, '/F']);
    } finally {
      await rm(folder, { recursive: true });
    }
    return plan;
  }

  async status(): Promise<ScheduleStatus> {
    if (!(await this.#exists())) return { installed: false };
    const { stdout } = await runOrThrow(this.#run, ['schtasks', '/Query', '/TN', TASK_NAME, '/XML']);
    return { installed: true, where: TASK_NAME, ...readTask(stdout.toString()) };
  }

  async remove(): Promise<boolean> {
    if (!(await this.#exists())) return false;
    await runOrThrow(this.#run, ['schtasks', '/Delete', '/TN', TASK_NAME, '/F']);
    return true;
  }

  /** From the list of all tasks: for a missing one schtasks fails with a message in the language of Windows. */
  async #exists(): Promise<boolean> {
    const { stdout } = await runOrThrow(this.#run, ['schtasks', '/Query', '/FO', 'CSV', '/NH']);
    return stdout
      .toString('latin1')
      .split(/\r?\n/)
      .some((line) => line.startsWith(`"\\${TASK_NAME}",`));
  }
}
