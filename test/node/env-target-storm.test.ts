/** Processes that are killed, and processes that write at the same time. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import { parseEnv, valueIn } from '../../src/core/export/env-file.ts';
import { Secret } from '../../src/core/secret.ts';
import { systemTimer } from '../../src/node/clock.ts';
import { createEnvTarget } from '../../src/node/env-target.ts';
import { startChild } from '../support/child.ts';
import { temporaryHome } from '../support/temporary-home.ts';

/** 200 lines of a person's, with ours among them. */
const OTHERS = Array.from({ length: 200 }, (_, line) =>
  line % 10 === 0 ? `# about the next nine, "it's here"` : `KEY_${line}='value ${line}'`,
);
const TEXT = [...OTHERS.slice(0, 90), 'TOKEN=0', 'REFRESH=0', ...OTHERS.slice(90)]
  .map((line) => `${line}\n`)
  .join('');

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryHome();
  path = join(folder, '.env');
  writeFileSync(path, TEXT);
});

const valueOf = (key: string): string => valueIn(parseEnv(readFileSync(path, 'utf8')), key) ?? '';
const numberIn = (value: string): number => Number(value.split('-').at(-1));
/** The lines that are not ours, as they must be at every moment. */
const othersIn = (file: string): readonly string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .filter((line) => !/^(TOKEN|REFRESH|A|B)=/.test(line));
const mergeHere = (values: Readonly<Record<string, string>>) =>
  createEnvTarget({ path, timer: systemTimer }).merge(
    new Map(Object.entries(values).map(([key, value]) => [key, new Secret(value)])),
  );

it('60 times killed while merging: the file is whole, both keys are of one merge, no secret stays behind', async () => {
  let acknowledged = 0;
  let next = startChild('merge-env', [path, 'TOKEN,REFRESH']);
  for (let kill = 0; kill < 60; kill += 1) {
    const child = next;
    expect(await child.line()).toBe('ready');
    // Starts while this one works and dies.
    next = startChild('merge-env', [path, 'TOKEN,REFRESH']);
    child.say(String(acknowledged + 1));
    for (let lines = 0; lines < 2 + (kill % 3); lines += 1) acknowledged = Number(await child.line());
    // A merge takes some milliseconds: each kill comes at another moment of it.
    expectWholeFor((kill % 12) * 0.5);
    await child.kill();
    acknowledged = Math.max(acknowledged, ...(await child.rest()).map(Number));

    expect(othersIn(path)).toEqual(OTHERS);
    expect(valueOf('TOKEN')).toBe(valueOf('REFRESH'));
    expect([acknowledged, acknowledged + 1]).toContain(numberIn(valueOf('TOKEN')));
    expect(othersIn(`${path}.bak`)).toEqual(OTHERS);
  }
  await mergeHere({ TOKEN: 'last', REFRESH: 'last' });
  expect(readdirSync(folder).toSorted()).toEqual(['.env', '.env.bak']);
}, 240_000);

it('the bot empties and rewrites the file meanwhile: nothing of the person’s is ever lost', async () => {
  await mergeHere({ REFRESH: 'first' });
  const bot = startChild('rewrite-env', [path]);
  await bot.line();
  let written = 0;
  for (let number = 0; number < 60; number += 1) {
    const merge = await mergeHere({ REFRESH: `ours-${number}` });
    expect(merge.warnings).toEqual([]);
    if (merge.written) written += 1;
  }
  bot.say('enough');
  expect((await bot.exit()).code).toBe(0);

  expect(written).toBeGreaterThan(50);
  expect(othersIn(path)).toEqual(OTHERS);
  await mergeHere({ REFRESH: 'last' });
  expect(othersIn(path)).toEqual(OTHERS);
  expect(valueOf('REFRESH')).toBe('last');
  expect(readdirSync(folder).toSorted()).toEqual(['.env', '.env.bak']);
}, 60_000);

it('three Jetons at once: no merge undoes another, and a reader always finds the whole file', async () => {
  const children = ['A', 'B', 'TOKEN'].map((key) => startChild('merge-env', [path, key, '100']));
  for (const child of children) expect(await child.line()).toBe('ready');
  for (const child of children) child.say('1');
  const ends = Promise.all(children.map((child) => child.exit()));
  const done = new AbortController();
  void ends.finally(() => done.abort());
  while (!done.signal.aborted) {
    expectWholeFor(1);
    await setImmediate();
  }
  expect(await ends).toEqual(children.map(() => ({ code: 0, stderr: '' })));

  expect(['A', 'B', 'TOKEN'].map((key) => numberIn(valueOf(key)))).toEqual([100, 100, 100]);
  expect(valueOf('REFRESH')).toBe('0');
  expect(othersIn(path)).toEqual(OTHERS);
  expect(readdirSync(folder).toSorted()).toEqual(['.env', '.env.bak']);
}, 60_000);

/** Looks at the file again and again, as a bot that starts just now would. */
function expectWholeFor(ms: number): void {
  const end = performance.now() + ms;
  do expect(othersIn(path)).toEqual(OTHERS);
  while (performance.now() < end);
}
