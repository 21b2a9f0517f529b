import { type Check, type Concern, examine } from '../../node/reports/examination.ts';
import { VERSION, withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, exitCodeFor, type ExitCode, worstOf } from '../exit-codes.ts';
import { exitCodeOfRestart } from '../export-report.ts';
import { noteLines } from '../present.ts';

export async function run(context: Context): Promise<ExitCode> {
  const { output, messages } = context;
  const { t } = messages;
  const checks: Check[] = [];
  const { home, env, settingsFile, times } = context;
  const examination = examine({
    home,
    env,
    settingsFile,
    messages,
    times,
    version: VERSION,
    withHome: (use) => withEngine(context, {}, use),
  });
  for await (const check of examination) {
    checks.push(check);
    output.line(lineOf(check, context));
    output.progress('…');
  }
  const problems = checks.filter(({ status }) => status === 'problem');
  const notes = checks.filter(({ status }) => status === 'warning').length;
  const wellOrNoted = notes === 0 ? t('doctor.all-well') : t('doctor.only-notes', { count: notes });
  const verdict = problems.length === 0 ? wellOrNoted : t('doctor.problems', { count: problems.length });
  output.line(`\n${verdict}`);
  const document = checks.map(({ subject, status, detail, remedy }) => ({
    subject,
    status,
    detail,
    remedy: remedy ?? null,
  }));
  output.result({ problems: problems.length, checks: document }, []);
  return worstOf(problems.map(({ concern }) => exitCodeOf(concern)));
}

function lineOf({ subject, status, detail, remedy }: Check, context: Context): string {
  const { output, messages } = context;
  const { t } = messages;
  const look = { ok: ['✓', 'green'], warning: ['!', 'yellow'], problem: ['✗', 'red'] } as const;
  const [symbol, colour] = look[status];
  const word = output.colour(colour, `${symbol} ${t(`doctor.${status}`)}`);
  const pad = ' '.repeat(Math.max(0, 9 - t(`doctor.${status}`).length));
  const head = `${word}${pad} ${t(`doctor.${subject}`).padEnd(13)} `;
  if (remedy === undefined) return head + detail;
  return [
    head + detail,
    ...noteLines({ code: '', message: '', remedy }, context).filter((line) => line.trim() !== ''),
  ].join('\n');
}

function exitCodeOf(concern: Concern | undefined): ExitCode {
  switch (concern?.kind) {
    case undefined:
      return EXIT.ok;
    case 'person-needed':
      return EXIT.personNeeded;
    case 'passing':
      return EXIT.failed;
    case 'thrown':
      return exitCodeFor(concern.thrown);
    case 'restart':
      return exitCodeOfRestart(concern.failure);
  }
}
