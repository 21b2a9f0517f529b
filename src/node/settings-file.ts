import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { JetonError } from '../core/errors.ts';
import { type Settings, settingsSchema } from '../core/settings.ts';
import { findJsonLines } from './json-lines.ts';
import { errnoOf, homePaths } from './paths.ts';

/** Environment variables that stand in for a key of settings.json, without being written to it. */
const OVERRIDES = [
  { variable: 'JETON_SLACK_API_URL', key: 'slack.apiUrl' },
  { variable: 'JETON_ONEFLEX_URL', key: 'oneflex.url' },
] as const;

const settingValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type SettingValue = z.infer<typeof settingValue>;

export interface Setting {
  /** Dotted: `slack.apiUrl`. */
  readonly key: string;
  readonly value: SettingValue;
  readonly from: 'default' | 'file' | 'environment';
}

/**
 * `settings.json`. Every method reads the file anew and throws `file-unreadable` (`path`, `reason`) or
 * `settings-invalid` (`problem`, `path`, `line`, `key`, `expected`): `problem` is `not-json`, `unknown-key` or
 * `value`; `path` is the file, or the environment variable that is to blame; `line` is 0 where no line of the
 * file is; `key` is empty where the file is not JSON.
 */
export interface SettingsFile {
  /** What holds: the defaults, the file over them, the environment over both. */
  read(): Settings;
  list(): readonly Setting[];
  /** Also throws `setting-unknown` (`key`). */
  get(key: string): SettingValue;
  /**
   * Writes one key, after checking the file that would result as a whole. `text` is taken as JSON where that
   * fits (`16`, `null`), else as a string. Also throws `setting-unknown` (`key`), `setting-refused` (`key`,
   * `expected`), and `home-unusable` where the file cannot be written.
   */
  set(key: string, text: string): void;
}

/** A settings.json as it is, or `{}` where there is none. */
interface Source {
  readonly path: string;
  readonly text: string;
}

type Tree = Readonly<Record<string, unknown>>;

export function openSettingsFile(
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): SettingsFile {
  const { settings: path } = homePaths(home);
  const overrides = OVERRIDES.flatMap(({ variable, key }) => {
    const value = env[variable]?.trim() ?? '';
    return value === '' ? [] : [{ variable, key, value }];
  });

  const settingsFrom = (source: Source) => {
    let tree = parse(source);
    let settings = accept(tree, source);
    for (const { variable, key, value } of overrides) {
      tree = withValue(tree, key, value);
      settings = accept(tree, { path: variable, text: '' });
    }
    return settings;
  };
  const list = () => {
    const source = readSource(path);
    const settings = settingsFrom(source);
    const written = leaves(parse(source));
    return [...leaves(settings)].map(([key, value]): Setting => {
      const overridden = overrides.some((override) => override.key === key);
      return { key, value, from: overridden ? 'environment' : written.has(key) ? 'file' : 'default' };
    });
  };
  return {
    read: () => settingsFrom(readSource(path)),
    list,
    get(key) {
      const setting = list().find((candidate) => candidate.key === key);
      if (setting === undefined) throw new JetonError('setting-unknown', { key });
      return setting.value;
    },
    set(key, text) {
      const source = readSource(path);
      const tree = parse(source);
      if (!leaves(accept(tree, source)).has(key)) throw new JetonError('setting-unknown', { key });
      const candidates = [typedValue(text), text].map((value) => withValue(tree, key, value));
      const result = candidates.find((one) => settingsSchema.safeParse(one).success);
      if (result === undefined) throw refused(key, candidates);
      writePrivately(path, `${JSON.stringify(result, null, 2)}\n`);
    },
  };
}

function readSource(path: string): Source {
  try {
    return { path, text: readFileSync(path, 'utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    const reason = errnoOf(error);
    if (reason === 'ENOENT') return { path, text: '{}' };
    throw new JetonError('file-unreadable', { path, reason }, { cause: error });
  }
}

function parse({ path, text }: Source): Tree {
  try {
    const value: unknown = JSON.parse(text);
    if (isTree(value)) return value;
  } catch {
    // Said below, with the line.
  }
  throw invalid('not-json', path, findJsonLines(text).brokenAt ?? 1, '', 'JSON {…}');
}

/** The settings that a tree makes, or the first thing that is wrong with it. */
function accept(tree: Tree, { path, text }: Source): Settings {
  const result = settingsSchema.safeParse(tree);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw result.error;
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const key = [...issue.path, ...unknown].join('.');
  const problem = issue.code === 'unrecognized_keys' ? 'unknown-key' : 'value';
  throw invalid(
    problem,
    path,
    text === '' ? 0 : (findJsonLines(text).keys.get(key) ?? 0),
    key,
    expected(issue),
  );
}

/** What would be accepted, in words of no language where that can be. */
function expected(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.join(' | ');
    case 'invalid_type':
      return issue.expected;
    case 'too_small':
      return `>= ${issue.minimum}`;
    case 'too_big':
      return `<= ${issue.maximum}`;
    case 'unrecognized_keys':
      return settingKeys().join(' | ');
    default:
      return issue.message;
  }
}

/** Of what is wrong with a value as JSON and as text, the more telling: not that it is the one and not the other. */
function refused(key: string, candidates: readonly Tree[]): JetonError {
  const issues = candidates.flatMap((one) => settingsSchema.safeParse(one).error?.issues ?? []);
  const telling = issues.find(({ code }) => code !== 'invalid_type') ?? issues[0];
  return new JetonError('setting-refused', { key, ...(telling && { expected: expected(telling) }) });
}

function invalid(
  problem: 'not-json' | 'unknown-key' | 'value',
  path: string,
  line: number,
  key: string,
  expected: string,
): JetonError {
  return new JetonError('settings-invalid', { problem, path, line, key, expected });
}

function settingKeys(): string[] {
  return [...leaves(settingsSchema.parse({})).keys()];
}

/** Dotted key to value, for everything that is not itself a group of settings. */
function leaves(tree: object, prefix = ''): Map<string, SettingValue> {
  const found = new Map<string, SettingValue>();
  for (const [name, value] of Object.entries(tree) as [string, unknown][]) {
    if (isTree(value)) for (const [key, leaf] of leaves(value, `${prefix}${name}.`)) found.set(key, leaf);
    else found.set(prefix + name, settingValue.parse(value));
  }
  return found;
}

/** A copy with one value changed; every other key, and their order, stays. */
function withValue(tree: Tree, key: string, value: unknown): Tree {
  const [name = '', ...rest] = key.split('.');
  const group = tree[name];
  return {
    ...tree,
    [name]: rest.length === 0 ? value : withValue(isTree(group) ? group : {}, rest.join('.'), value),
  };
}

function typedValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The whole file or the old one, whatever happens; a link is followed, so that it stays one. */
function writePrivately(path: string, text: string): void {
  const target = realpathOrSelf(path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new JetonError(
      'home-unusable',
      { path: dirname(target), reason: errnoOf(error) },
      { cause: error },
    );
  }
}

function realpathOrSelf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
