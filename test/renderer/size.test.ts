/** What the window weighs, which no noise of a machine changes. */
import { expect, test } from 'vitest';
import { scriptKilobytes } from './figures.ts';
import { serveWindow } from './served-window.ts';

test('a first load is small: one language, no schemas', async () => {
  await using served = await serveWindow();
  expect(await scriptKilobytes(served)).toBeLessThan(120);
  await using window = await served.open({ language: 'fr', clock: 'real' });
  const scripts = await served.scripts(window.page);
  const text = [...scripts.values()].join('\n');
  // The last is how zod names what it refuses.
  const [french, english, schemas] = ['Trier par', 'Sort by', 'unrecognized_keys'].map((words) =>
    text.includes(words),
  );
  expect({ french, english, schemas }).toEqual({ french: true, english: false, schemas: false });
});
