/**
 * Renews `TOKEN` as the bot does, over and over: reads the file, empties it, writes the first half and, sooner or
 * later, the other. Prints each number when it is in; ends, with a whole file, when it is told to.
 * Between two renewals are `pauseMs`.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const [path = '', pauseMs = '30'] = process.argv.slice(2);
const told = new AbortController();
process.stdin.once('data', () => told.abort());

for (let number = 0; !told.signal.aborted; number += 1) {
  const text = readFileSync(path, 'utf8').replace(/^TOKEN=.*$/m, `TOKEN=of-the-bot-${number}`);
  // Another cut each time: in a comment, a key, a value, at the end of a line, at the very beginning.
  const cut = (number * 131) % text.length;
  const file = openSync(path, 'w');
  writeSync(file, text.slice(0, cut));
  await setTimeout([0, 2, 60][number % 3]);
  writeSync(file, text.slice(cut));
  closeSync(file);
  writeSync(1, `${number}\n`);
  await setTimeout(Number(pauseMs));
}
process.exit(0);
