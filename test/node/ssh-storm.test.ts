/** Connections that are cut, processes that are killed, and others that write at the same time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { parseEnv, valueIn } from '../../src/core/export/env-file.ts';
import { Secret } from '../../src/core/secret.ts';
import { systemTimer } from '../../src/node/clock.ts';
import type { RunCommand } from '../../src/node/run-command.ts';
import { createRemoteEnvFile } from '../../src/node/ssh-files.ts';
import { Ssh } from '../../src/node/ssh.ts';
import { startChild } from '../support/child.ts';
import { startSshd, type TestSshd } from '../support/sshd.ts';

/** 200 lines of a person's, with ours among them. */
const OTHERS = Array.from({ length: 200 }, (_, line) =>
  line % 10 === 0 ? `# about the next nine, "it's here"` : `KEY_${line}='value ${line}'`,
);
const TEXT = [...OTHERS.slice(0, 90), 'TOKEN=0', 'REFRESH=0', ...OTHERS.slice(90)]
  .map((line) => `${line}\n`)
  .join('');

let sshd: TestSshd;
let home: string;
beforeAll(async () => {
  sshd = await startSshd();
  home = await sshd.trustingHome();
});
afterAll(() => sshd.dispose());

let folder: string;
let path: string;
beforeEach(() => {
  folder = sshd.makeFolder();
  path = join(folder, '.env');
  writeFileSync(path, TEXT);
  chownSync(path, sshd.user.uid, sshd.user.gid);
});

/** Both from one look at the file, which may be replaced at any moment. */
function look(file = path): { readonly others: readonly string[]; readonly values: readonly string[] } {
  const text = readFileSync(file, 'utf8');
  const others = text.split('\n').slice(0, -1);
  return {
    others: others.filter((line) => !/^(TOKEN|REFRESH)=/.test(line)),
    values: ['TOKEN', 'REFRESH'].map((key) => valueIn(parseEnv(text), key) ?? ''),
  };
}

function merger(run: RunCommand = sshd.run) {
  const ssh = new Ssh({ ssh: { destination: 'nas' }, home, run });
  onTestFinished(() => ssh.dispose());
  const target = createRemoteEnvFile({ ssh, path, timer: systemTimer });
  return (values: Readonly<Record<string, string>>) =>
    target.merge(new Map(Object.entries(values).map(([key, value]) => [key, new Secret(value)])));
}

it.each([
  ['and what runs there notices', 'connections'],
  ['and what runs there dies with it', 'connections and programs'],
] as const)(
  'the connection is cut in the middle of the upload, %s: the old file is whole',
  async (_, what) => {
    const cutting: RunCommand = async (argv, options) => {
      const { input } = options;
      if (input === undefined) return sshd.run(argv, options);
      const env = { ...process.env, PATH: `${sshd.path}${delimiter}${process.env['PATH']}` };
      const ssh = spawn('ssh', argv.slice(1), { env });
      const stderr = textOf(ssh.stderr);
      const half = input.subarray(0, input.length / 2);
      ssh.stdin.write(half);
      while (!sizesOfTemporaries().includes(half.length)) await setImmediate();
      sshd.cut(what);
      const [exitCode] = await once(ssh, 'close');
      return { kind: 'ended', exitCode, stdout: Buffer.alloc(0), stderr: await stderr };
    };
    await expect(merger(cutting)({ TOKEN: 'test-canary-1' })).rejects.toMatchObject({
      code: 'ssh-unreachable',
      details: { host: 'nas' },
    });
    expect(readFileSync(path, 'utf8')).toBe(TEXT);

    expect(await merger()({ TOKEN: 'test-canary-2' })).toMatchObject({ written: true, warnings: [] });
    expect(readFileSync(path, 'utf8')).toBe(TEXT.replace('TOKEN=0', 'TOKEN=test-canary-2'));
    expect(readdirSync(folder).toSorted()).toEqual(['.env', '.env.bak']);
  },
  60_000,
);

it('30 times killed while merging: the file is whole, both keys are of one merge, no secret stays behind', async () => {
  const env = { ...process.env, PATH: `${sshd.path}${delimiter}${process.env['PATH']}` };
  const start = () => startChild('merge-env-by-ssh', [home, path, 'TOKEN,REFRESH'], env);
  let acknowledged = 0;
  let next = start();
  for (let kill = 0; kill < 30; kill += 1) {
    const child = next;
    expect(await child.line()).toBe('ready');
    // Starts while this one works and dies.
    next = start();
    child.say(String(acknowledged + 1));
    for (let lines = 0; lines < kill % 3; lines += 1) acknowledged = Number(await child.line());
    // A merge takes some hundred milliseconds: each kill comes at another moment of it.
    expectWholeFor((kill % 10) * 30);
    await child.kill();
    acknowledged = Math.max(acknowledged, ...(await child.rest()).map(Number));

    const { others, values } = look();
    expect(others).toEqual(OTHERS);
    expect(values[0]).toBe(values[1]);
    expect([acknowledged, acknowledged + 1]).toContain(Number(values[0]?.split('-').at(-1)));
  }
  await next.kill();
  expect(acknowledged).toBeGreaterThan(10);
  expect(look(`${path}.bak`).others).toEqual(OTHERS);
  await merger()({ TOKEN: 'last', REFRESH: 'last' });
  expect(look()).toEqual({ others: OTHERS, values: ['last', 'last'] });
  expect(readdirSync(folder).toSorted()).toEqual(['.env', '.env.bak']);
}, 240_000);

it('the bot empties and rewrites the file meanwhile: nothing of the person’s is ever lost', async () => {
  const merge = merger();
  await merge({ REFRESH: 'first' });
  const bot = startChild('rewrite-env', [path, '700']);
  await bot.line();
  let written = 0;
  for (let number = 0; number < 20; number += 1) {
    const { warnings, written: isWritten } = await merge({ REFRESH: `ours-${number}` });
    expect(warnings).toEqual([]);
    if (isWritten) written += 1;
  }
  bot.say('enough');
  expect((await bot.exit()).code).toBe(0);

  expect(written).toBeGreaterThan(15);
  expect(look().others).toEqual(OTHERS);
  await merge({ REFRESH: 'last' });
  expect(look().others).toEqual(OTHERS);
  expect(look().values[1]).toBe('last');
  expect(readdirSync(folder).toSorted()).toEqual(['.env', '.env.bak']);
}, 120_000);

it('three Jetons at once: no merge undoes another', async () => {
  const keys = ['TOKEN', 'REFRESH', 'NEW'];
  const counts = keys.map(async (key) => {
    const merge = merger();
    for (let number = 1; number <= 8; number += 1) await merge({ [key]: `test-${number}` });
  });
  const done = new AbortController();
  const all = Promise.all(counts).finally(() => done.abort());
  while (!done.signal.aborted) {
    expect(look().others.filter((line) => !line.startsWith('NEW='))).toEqual(OTHERS);
    await setImmediate();
  }
  await all;
  expect(look().values).toEqual(['test-8', 'test-8']);
  expect(readFileSync(path, 'utf8')).toBe(`${TEXT.replaceAll('=0\n', '=test-8\n')}NEW=test-8\n`);
  expect(readdirSync(folder).toSorted()).toEqual(['.env', '.env.bak']);
}, 120_000);

/** Looks at the file again and again, as a bot that starts just now would. */
function expectWholeFor(ms: number): void {
  const end = performance.now() + ms;
  do expect(look().others).toEqual(OTHERS);
  while (performance.now() < end);
}

function sizesOfTemporaries(): readonly number[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.tmp'))
    .flatMap((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? []);
}
