/**
 * How values get into a `.env` file that others write too, whatever it lies on: src/node has the reading and
 * writing, for this machine and for another.
 */
import { JetonError } from '../errors.ts';
import { expiryOfJwt } from '../oneflex/jwt.ts';
import type { EnvMerge, EnvMergeOptions, Timer } from '../ports.ts';
import { editEnv, type EnvEdit, parseEnv, valueIn } from './env-file.ts';

/** One `.env` file, as what merging needs of it. All but `readBackup` throw the errors of `EnvFile`. */
export interface EnvFileAccess {
  /** For people: where the file really is. */
  readonly path: string;
  readonly backupPath: string;
  /** The whole text, byte order mark included; `undefined` where there is no file. */
  read(): Promise<string | undefined>;
  /** What the file held before our last write; `undefined` where that cannot be read. */
  readBackup(): Promise<string | undefined>;
  /** Keeps every other Jeton out of {@link replace} until the answer is called. */
  lock(): Promise<() => void | Promise<void>>;
  /**
   * Keeps `expected` as the backup and puts `text` in its place, on disk when it returns; does nothing and
   * answers `changed` where the file is not `expected` any more.
   */
  replace(text: string, expected: string | undefined): Promise<'replaced' | 'in-place' | 'changed'>;
}

/** Others rewrite the file within milliseconds; a second without change is what somebody meant to leave. */
const POLL_MS = 50;
const SETTLED_AFTER_POLLS = 20;
const MOST_POLLS = 100;

/** @param values revealed: only an adapter calls this. */
export async function mergeEnvFile(
  access: EnvFileAccess,
  values: ReadonlyMap<string, string>,
  options: EnvMergeOptions,
  timer: Timer,
): Promise<EnvMerge> {
  const { path } = access;
  const current = await access.read();
  const first = planMerge(current, values, options);
  if (options.dryRun === true || (first.edit.ok && first.edit.text === (current ?? ''))) {
    return { path, ...reportOf(first, path), written: false };
  }

  const unlock = await access.lock();
  try {
    const known = [await access.readBackup()];
    let polls = MOST_POLLS;
    const wait = async (): Promise<void> => {
      if (polls === 0) throw new JetonError('env-file-busy', { path });
      polls -= 1;
      await timer.sleep(POLL_MS);
    };
    for (;;) {
      const { text, lostKeys } = await readWhole(access, { known, own: values, wait, options });
      const plan = text === current ? first : planMerge(text, values, options);
      const report = reportOf(plan, path);
      const edited = accepted(plan, path).text;
      // The first look may have met somebody's half of a file.
      if (edited === (text ?? '')) return { path, ...report, written: false };
      const how = await access.replace(edited, text);
      if (how !== 'changed') {
        const warnings = [...report.warnings];
        if (lostKeys.length > 0) warnings.push({ kind: 'keys-gone', keys: lostKeys });
        if (how === 'in-place') warnings.push({ kind: 'written-in-place' });
        return { path, ...report, warnings, written: true };
      }
      known.push(text);
      await wait();
    }
  } finally {
    await unlock();
  }
}

interface MergePlan {
  readonly edit: EnvEdit;
  readonly keptKeys: readonly string[];
}

function planMerge(
  text: string | undefined,
  values: ReadonlyMap<string, string>,
  { keepLaterJwt = new Set(), keepWithIt = new Set() }: EnvMergeOptions,
): MergePlan {
  const current = text ?? '';
  const parsed = parseEnv(current);
  const later = [...values].flatMap(([key, value]) =>
    keepLaterJwt.has(key) && outlives(valueIn(parsed, key), value) ? [key] : [],
  );
  const belonging = later.length === 0 ? [] : [...values.keys()].filter((key) => keepWithIt.has(key));
  const keptKeys = [...later, ...belonging];
  const changes = new Map([...values].filter(([key]) => !keptKeys.includes(key)));
  return { edit: editEnv(current, changes), keptKeys };
}

function accepted({ edit }: MergePlan, path: string): Extract<EnvEdit, { readonly ok: true }> {
  if (edit.ok) return edit;
  throw new JetonError('env-change-refused', { path, key: edit.key, reason: edit.reason });
}

function reportOf(plan: MergePlan, path: string): Omit<EnvMerge, 'path' | 'written'> {
  const { changedKeys, warnings } = accepted(plan, path);
  return { changedKeys, keptKeys: plan.keptKeys, warnings };
}

function outlives(theirs: string | undefined, ours: string): boolean {
  const [their, our] = [expiryOfJwt(theirs ?? ''), expiryOfJwt(ours)];
  return their !== undefined && our !== undefined && their > our;
}

interface Reading {
  /** What the file held at other times; `undefined` entries say nothing. */
  readonly known: readonly (string | undefined)[];
  /** Keys that we are about to set: of those nothing can be lost. */
  readonly own: ReadonlyMap<string, string>;
  readonly wait: () => Promise<void>;
  readonly options: EnvMergeOptions;
}

/**
 * Reads the file as somebody meant to leave it: the bot empties it before it writes it anew. What is doubtful is
 * read again until nothing is doubtful, or nothing has moved for a second. Throws `env-file-cut` (`path`, `keys`,
 * `backup`) where even then it ends in the middle of what it was.
 */
async function readWhole(
  access: EnvFileAccess,
  { known, own, wait, options }: Reading,
): Promise<{ readonly text: string | undefined; readonly lostKeys: readonly string[] }> {
  let text = await access.read();
  for (let quiet = 0; ; quiet += 1) {
    const doubt = doubtOf(text, known, own);
    if (doubt === undefined) return { text, lostKeys: [] };
    if (quiet === SETTLED_AFTER_POLLS) {
      if (!doubt.cut || options.acceptLostKeys === true) return { text, lostKeys: doubt.lostKeys };
      const keys = doubt.lostKeys.join(', ');
      throw new JetonError('env-file-cut', { path: access.path, keys, backup: access.backupPath });
    }
    await wait();
    const again = await access.read();
    if (again !== text) quiet = -1;
    text = again;
  }
}

interface Doubt {
  readonly lostKeys: readonly string[];
  /** What is left is how the file began: rather a write that was cut off than an edit. */
  readonly cut: boolean;
}

/** What speaks for `text` being half of a file, the worst first; `undefined` when nothing does. */
function doubtOf(
  text: string | undefined,
  known: readonly (string | undefined)[],
  own: ReadonlyMap<string, string>,
): Doubt | undefined {
  const now = outlineOf(text ?? '', own);
  const doubts = known
    .filter((earlier) => earlier !== undefined)
    .map((earlier) => doubtAgainst(outlineOf(earlier, own), now));
  const worst = doubts.find((doubt) => doubt?.cut) ?? doubts.find((doubt) => doubt !== undefined);
  if (worst !== undefined || doubts.length > 0 || text === undefined) return worst;
  // Nothing to compare with: an empty file, or a last line without end, may be a first half.
  return /[\r\n]$/.test(text) ? undefined : { lostKeys: [], cut: false };
}

/** A file without the values that come and go. */
interface Outline {
  readonly others: readonly { readonly key: string; readonly value: string }[];
  readonly lines: number;
  /** What follows the last line break. */
  readonly tail: string;
}

function outlineOf(text: string, own: ReadonlyMap<string, string>): Outline {
  const lines = text.split(/\r\n|\n|\r/);
  return {
    others: parseEnv(text).assignments.filter(({ key }) => !own.has(key)),
    lines: lines.length,
    tail: lines.at(-1) ?? '',
  };
}

function doubtAgainst(before: Outline, now: Outline): Doubt | undefined {
  const there = isCutValue(before, now) ? now.others.slice(0, -1) : now.others;
  const left = new Set(there.map(({ key }) => key));
  const lostKeys = [...new Set(before.others.map(({ key }) => key).filter((key) => !left.has(key)))];
  if (lostKeys.length > 0) {
    return { lostKeys, cut: there.every(({ key }, index) => key === before.others[index]?.key) };
  }
  const isShorter = now.lines < before.lines || (now.tail !== '' && now.tail !== before.tail);
  return isShorter ? { lostKeys, cut: false } : undefined;
}

/** The file ends within the value of a setting. */
function isCutValue(before: Outline, now: Outline): boolean {
  const last = now.others.at(-1);
  const earlier = before.others.findLast(({ key }) => key === last?.key);
  if (now.tail === '' || last === undefined || earlier === undefined) return false;
  return last.value !== earlier.value && earlier.value.startsWith(last.value);
}
