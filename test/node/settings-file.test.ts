import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  lstatSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JetonError } from '../../src/core/errors.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { openSettingsFile } from '../../src/node/settings-file.ts';

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'jeton-settings-'));
  path = join(home, 'settings.json');
});
afterEach(() => rmSync(home, { recursive: true }));

const open = (env: Record<string, string> = {}) => openSettingsFile(home, env);

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error instanceof JetonError ? { code: error.code, ...error.details } : error;
  }
}

describe('reading', () => {
  it('gives the defaults where there is no file, and makes none', () => {
    expect(open().read()).toEqual(settingsSchema.parse({}));
    expect(existsSync(path)).toBe(false);
  });

  it('gives what the file says over the defaults, a byte order mark or not', () => {
    writeFileSync(path, '\uFEFF{"slack":{"concurrency":4},"language":"fr"}');
    expect(open().read()).toMatchObject({
      language: 'fr',
      slack: { concurrency: 4, apiUrl: 'https://slack.com/api' },
    });
  });

  it('lists every key with where its value is from', () => {
    writeFileSync(path, '{"log":{"level":"warn"}}');
    const settings = open({ JETON_SLACK_API_URL: 'http://127.0.0.1:4711/api/' }).list();
    expect(settings.map(({ key }) => key)).toEqual([
      'language',
      'theme',
      'slack.apiUrl',
      'slack.concurrency',
      'oneflex.url',
      'oneflex.browser',
      'oneflex.signInWith',
      'oneflex.signInHosts',
      'database.integrationTable',
      'database.userIntegrationTable',
      'schedule.everyMinutes',
      'log.level',
      'log.maxBytes',
    ]);
    expect(settings).toContainEqual({ key: 'log.level', value: 'warn', from: 'file' });
    expect(settings).toContainEqual({
      key: 'slack.apiUrl',
      value: 'http://127.0.0.1:4711/api',
      from: 'environment',
    });
    expect(settings).toContainEqual({ key: 'schedule.everyMinutes', value: null, from: 'default' });
  });

  it('tells unreadable from absent', () => {
    mkdirSync(path);
    expect(errorOf(() => open().read())).toEqual({ code: 'file-unreadable', path, reason: 'EISDIR' });
    rmSync(path, { recursive: true });
    symlinkSync(path, path);
    expect(errorOf(() => open().read())).toEqual({ code: 'file-unreadable', path, reason: 'ELOOP' });
  });

  it.each<[string, string, { line: number; key: string; expected: string }]>([
    ['an empty file', '', { line: 1, key: '', expected: 'JSON {…}' }],
    ['a missing comma', '{\n  "language": "fr"\n  "log": {}\n}', { line: 3, key: '', expected: 'JSON {…}' }],
    ['a trailing comma', '{\n  "language": "fr",\n}\n', { line: 3, key: '', expected: 'JSON {…}' }],
    ['a cut-off file', '{\n  "slack": {\n', { line: 2, key: '', expected: 'JSON {…}' }],
    ['an open string', '{\n  "language": "fr\n}', { line: 2, key: '', expected: 'JSON {…}' }],
    ['something after the end', '{}\n{}', { line: 2, key: '', expected: 'JSON {…}' }],
    ['a list', '[1]', { line: 1, key: '', expected: 'JSON {…}' }],
    ['a wrong word', '{\n\n"language": "de"}', { line: 3, key: 'language', expected: 'auto | en | fr' }],
    ['a wrong type', '{"log":\n{"maxBytes": "2"}}', { line: 2, key: 'log.maxBytes', expected: 'number' }],
    ['too much', '{"slack":{"concurrency":65}}', { line: 1, key: 'slack.concurrency', expected: '<= 64' }],
    ['too little', '{"slack":{"concurrency":0}}', { line: 1, key: 'slack.concurrency', expected: '>= 1' }],
    ['no group', '{"slack":null}', { line: 1, key: 'slack', expected: 'object' }],
    [
      'plain http',
      '{"slack":{\n"apiUrl":"http://slack.test"}}',
      { line: 2, key: 'slack.apiUrl', expected: 'https://… | http://localhost…' },
    ],
  ])('names what is wrong with %s', (_, text, details) => {
    writeFileSync(path, text);
    expect(errorOf(() => open().read())).toEqual({
      code: 'settings-invalid',
      problem: details.key === '' ? 'not-json' : 'value',
      path,
      ...details,
    });
  });

  it('names a key that it does not know, and those it does', () => {
    writeFileSync(path, '{\n  "slack": {\n    "apiURL": "x"\n  }\n}');
    expect(errorOf(() => open().read())).toMatchObject({
      code: 'settings-invalid',
      problem: 'unknown-key',
      line: 3,
      key: 'slack.apiURL',
      expected: expect.stringContaining('slack.apiUrl | slack.concurrency'),
    });
  });

  it('blames the environment for what it says', () => {
    writeFileSync(path, '{"language":"fr"}');
    expect(errorOf(() => open({ JETON_SLACK_API_URL: 'nowhere' }).read())).toMatchObject({
      code: 'settings-invalid',
      path: 'JETON_SLACK_API_URL',
      line: 0,
      key: 'slack.apiUrl',
    });
  });
});

describe('writing', () => {
  it.each<[string, string, unknown]>([
    ['slack.concurrency', '16', 16],
    ['schedule.everyMinutes', '240', 240],
    ['schedule.everyMinutes', 'null', null],
    ['language', 'fr', 'fr'],
    ['language', '"en"', 'en'],
    ['database.integrationTable', 'true', 'true'],
    ['slack.apiUrl', 'https://slack-gov.com/api', 'https://slack-gov.com/api'],
  ])('sets %s to %s', (key, text, value) => {
    open().set(key, text);
    expect(open().get(key)).toBe(value);
  });

  it('keeps the other keys and their order, and leaves no other file', () => {
    writeFileSync(path, '{"log":{"maxBytes":50000},"language":"fr","slack":{"concurrency":4}}');
    open({ JETON_SLACK_API_URL: 'http://localhost:1/api' }).set('log.level', 'debug');
    expect(readFileSync(path, 'utf8')).toBe(
      `${JSON.stringify({ log: { maxBytes: 50_000, level: 'debug' }, language: 'fr', slack: { concurrency: 4 } }, null, 2)}\n`,
    );
    expect(readdirSync(home)).toEqual(['settings.json']);
  });

  it.each([0o000, 0o022])('is for its owner only, under umask %o, whatever it was', (umask) => {
    writeFileSync(path, '{}');
    chmodSync(path, 0o644);
    const before = process.umask(umask);
    try {
      open().set('language', 'fr');
    } finally {
      process.umask(before);
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('follows a link instead of replacing it', () => {
    const elsewhere = join(home, 'elsewhere.json');
    writeFileSync(elsewhere, '{}');
    symlinkSync(elsewhere, path);
    open().set('language', 'fr');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(elsewhere, 'utf8'))).toEqual({ language: 'fr' });
  });

  it.each([
    ['slack.concurrency', '65', '<= 64'],
    ['slack.concurrency', 'many', 'number'],
    ['language', 'de', 'auto | en | fr'],
    ['slack.apiUrl', '5', 'https://…'],
  ])('refuses %s = %s and changes nothing', (key, text, expected) => {
    const before = '{ "language": "fr" }';
    writeFileSync(path, before);
    expect(errorOf(() => open().set(key, text))).toEqual({
      code: 'setting-refused',
      key,
      expected: expect.stringContaining(expected),
    });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it.each(['slack', 'slack.url', '__proto__.x'])('does not know %s', (key) => {
    const before = '{ "language": "fr" }';
    writeFileSync(path, before);
    expect(errorOf(() => open().set(key, '1'))).toEqual({ code: 'setting-unknown', key });
    expect(errorOf(() => open().get(key))).toEqual({ code: 'setting-unknown', key });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('does not build upon a file that is wrong elsewhere', () => {
    const before = '{"slack":{"concurrency":0}}';
    writeFileSync(path, before);
    expect(errorOf(() => open().set('language', 'fr'))).toMatchObject({
      code: 'settings-invalid',
      key: 'slack.concurrency',
      line: 1,
    });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('says so where the home is gone', () => {
    rmSync(home, { recursive: true });
    const outcome = errorOf(() => open().set('language', 'fr'));
    mkdirSync(home);
    expect(outcome).toEqual({ code: 'home-unusable', path: home, reason: 'ENOENT' });
  });
});
