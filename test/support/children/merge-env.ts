/**
 * Says `ready` and waits for the first number. Then merges one number after the other into a `.env`, under every
 * key, without end or `times`; prints each number when it is in.
 */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { Secret } from '../../../src/core/secret.ts';
import { systemTimer } from '../../../src/node/clock.ts';
import { createEnvTarget } from '../../../src/node/env-target.ts';

const [path = '', keys = '', times = 'Infinity'] = process.argv.slice(2);
const target = createEnvTarget({ path, timer: systemTimer });

writeSync(1, 'ready\n');
const first = Number(await once(process.stdin, 'data'));
for (let number = first; number < first + Number(times); number += 1) {
  // Now longer, now shorter.
  const value = new Secret(`test-canary-${'x'.repeat((number * 7) % 50)}-${number}`);
  await target.merge(new Map(keys.split(',').map((key) => [key, value])));
  // Synchronously: what was printed was acknowledged before the kill.
  writeSync(1, `${number}\n`);
}
process.exit(0);
