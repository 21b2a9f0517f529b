import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { JetonError } from '../../core/errors.ts';
import { findTarget } from '../../core/export/find-target.ts';
import type { Target } from '../../core/export/target.ts';
import { destinationOf } from '../../shared/ssh-destination.ts';
import { targetSchema } from '../../core/export/target.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { checkupDocument, checkupLines, exitCodeOfCheckup } from '../checkup.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findIntegration } from '../integration-argument.ts';
import { checkReached } from './target-check.ts';

const addOptions = z.object({
  dir: z.string().optional(),
  envFile: z.string().optional(),
  /** The same. Node looks for an `--env-file` of its own behind the script's name, too (nodejs/node#54232). */
  file: z.string().optional(),
  composeFile: z.array(z.string()).optional(),
  service: z.string().optional(),
  ssh: z.string().optional(),
  sudo: z.boolean().optional(),
  sessionJson: z.boolean().optional(),
  set: z.array(z.string()).optional(),
  restart: z.string().optional(),
  acceptHostKey: z.string().optional(),
});

type AddOptions = z.output<typeof addOptions>;

/** What each part of a target is given with; what it takes is in the messages. */
const OPTIONS: Readonly<Record<string, string>> = {
  name: 'NAME',
  dir: '--dir',
  envFile: '--env-file',
  composeFiles: '--compose-file',
  service: '--service',
  ssh: '--ssh',
  mappings: '--set',
  restart: '--restart',
};

export function run(context: Context, options: unknown, argument: unknown[]): Promise<ExitCode> {
  const { output, messages } = context;
  const given = addOptions.parse(options);
  const [name] = z.tuple([z.string()]).parse(argument);
  return withEngine(context, {}, async (composition) => {
    const { engine, home } = composition;
    const target = targetOf(name, given, await engine.snapshot(), context);
    if (!(await home.targetStore.add(target))) throw new JetonError('target-exists', { name });
    const record = await findTarget(home.targetStore, name);
    output.progress(messages.t('check.progress', { name }));
    const checkup = await checkReached(record, given.acceptHostKey, composition, context);
    output.result({ name, added: true, check: checkupDocument(checkup, context) }, [
      messages.t('target.added', { name }),
      '',
      ...checkupLines(checkup, context),
    ]);
    // What is wrong with the bot does not undo the adding; a machine that is not known yet needs somebody.
    return checkup.kind === 'unreachable' ? exitCodeOfCheckup(checkup) : EXIT.ok;
  });
}

/** Throws `target-invalid`, or as {@link findIntegration} does for a mapping's id. */
function targetOf(name: string, given: AddOptions, snapshot: Snapshot, context: Context): Target {
  const { dir, file, envFile = file, composeFile, service, ssh, sudo, sessionJson, set, restart } = given;
  if (dir === undefined || dir.trim() === '') throw invalid('dir');
  // Another machine's folder cannot be relative to where somebody is on this one.
  if (ssh !== undefined && !dir.startsWith('/')) throw invalid('dir');
  const parsed = targetSchema.safeParse({
    name,
    dir: ssh === undefined && !isAbsolute(dir) ? resolve(dir) : dir,
    ...(envFile !== undefined && { envFile }),
    ...(composeFile !== undefined && { composeFiles: composeFile }),
    ...(service !== undefined && { service }),
    ...(ssh !== undefined && { ssh: destinationOf(ssh) }),
    ...(sudo !== undefined && { sudo }),
    ...(sessionJson !== undefined && { sessionJson }),
    ...(set !== undefined && { mappings: set.map((text) => mappingOf(text, snapshot, context)) }),
    ...(restart !== undefined && { restart }),
  });
  if (parsed.success) return parsed.data;
  throw invalid(String(parsed.error.issues[0]?.path[0] ?? 'name'));
}

/** What was given is not repeated: in `--set` it may be a token in the wrong place. */
function invalid(part: string): JetonError {
  return new JetonError('target-invalid', { option: OPTIONS[part] ?? part, part });
}

function mappingOf(text: string, snapshot: Snapshot, context: Context) {
  const at = text.indexOf('=');
  const [key, source] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || !/^(oneflex:(access|refresh)|slack:.+)$/.test(source)) throw invalid('mappings');
  if (!source.startsWith('slack:')) return { key, source };
  const { id, kind } = findIntegration(source.slice('slack:'.length), snapshot, context);
  if (kind !== 'slack') throw invalid('mappings');
  return { key, source: `slack:${id}` };
}
