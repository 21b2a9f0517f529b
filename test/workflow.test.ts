/** .github/workflows: what runs there, with which rights, and that nobody can change it from elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const folder = join(import.meta.dirname, '../.github/workflows');
const files = readdirSync(folder);

const step = z.object({
  uses: z.string().optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
  with: z.unknown().optional(),
});
const job = z.object({
  'runs-on': z.string(),
  'timeout-minutes': z.number(),
  permissions: z.unknown().optional(),
  strategy: z.object({ matrix: z.object({ include: z.array(z.object({ os: z.string() })) }) }).optional(),
  steps: z.array(step),
});
const workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.unknown().optional(),
  concurrency: z.object({ group: z.string() }),
  jobs: z.record(z.string(), job),
});

const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');
const read = (file: string) => workflow.parse(parse(textOf(file)));
const stepsOf = (file: string) => Object.values(read(file).jobs).flatMap(({ steps }) => steps);

describe.each(files)('%s', (file) => {
  test('may read the sources, and nothing else', () => {
    const { permissions, jobs, on } = read(file);
    expect(permissions).toEqual({ contents: 'read' });
    expect(Object.values(jobs).filter((job) => job.permissions !== undefined)).toEqual([]);
    // Would run a stranger's code with the rights of this repository.
    expect(Object.keys(on)).not.toContain('pull_request_target');
    expect(textOf(file)).not.toContain('secrets.');
  });

  test('pins each action to a commit, and says which version that is', () => {
    const lines = textOf(file)
      .split('\n')
      .filter((line) => /\buses:/.test(line));
    expect(lines).not.toEqual([]);
    const pinned = /^ +- uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
    expect(lines.filter((line) => !pinned.test(line))).toEqual([]);
    // One commit for each action and version.
    const actions = new Set(lines.map((line) => line.trim()));
    expect(new Set([...actions].map((line) => line.split('@')[0])).size).toBe(actions.size);
  });

  test('leaves no token behind in the folder, and pastes nothing from outside into a script', () => {
    const checkouts = stepsOf(file).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts).not.toEqual([]);
    for (const { with: options } of checkouts) expect(options).toEqual({ 'persist-credentials': false });
    expect(stepsOf(file).filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  test('ends, whatever hangs, and makes way for its own next run', () => {
    const { jobs, concurrency } = read(file);
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    expect(concurrency.group).toContain('github.ref');
  });
});

test('tests, end-to-end tests on Electron, and packs, on Linux, macOS and Windows', () => {
  const { jobs } = read('ci.yml');
  const { desktop, test: everything } = jobs;
  const systems = desktop?.strategy?.matrix.include.map(({ os }) => os.split('-')[0]);
  expect(systems).toEqual(['ubuntu', 'macos', 'windows']);
  const commands = (name: keyof typeof jobs) => jobs[name]?.steps.flatMap(({ run }) => run ?? []) ?? [];
  expect(commands('test')).toEqual(['npm ci', 'npm test']);
  expect(everything?.['runs-on']).toMatch(/^ubuntu-/);
  expect(commands('desktop')).toEqual(
    expect.arrayContaining([
      'npm ci',
      'npm test',
      'npm run e2e',
      'xvfb-run --auto-servernum npm run e2e',
      'npm run pack -- --installers',
      'npm run check-packed',
      expect.stringContaining('xvfb-run --auto-servernum npm run check-packed'),
      'npm run check-installers',
    ]),
  );
  // Else electron-builder skips the signature of a pull request's, and nothing is checked.
  const pack = desktop?.steps.find(({ run }) => run === 'npm run pack -- --installers');
  expect(pack?.env).toEqual({ CSC_FOR_PULL_REQUEST: 'true' });
});
