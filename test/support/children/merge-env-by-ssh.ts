/**
 * Says `ready` and waits for the first number. Then merges one number after the other into a `.env` on the machine
 * `nas`, under every key, without end; prints each number when it is in.
 */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { Secret } from '../../../src/core/secret.ts';
import { systemTimer } from '../../../src/node/clock.ts';
import { createRemoteEnvFile } from '../../../src/node/ssh-files.ts';
import { Ssh } from '../../../src/node/ssh.ts';

const [home = '', path = '', keys = ''] = process.argv.slice(2);
const ssh = new Ssh({ ssh: { destination: 'nas' }, home });
const target = createRemoteEnvFile({ ssh, path, timer: systemTimer });

await target.inspect();
writeSync(1, 'ready\n');
for (let number = Number(await once(process.stdin, 'data')); ; number += 1) {
  // Now longer, now shorter.
  const value = new Secret(`test-canary-${'x'.repeat((number * 7) % 50)}-${number}`);
  await target.merge(new Map(keys.split(',').map((key) => [key, value])));
  // Synchronously: what was printed was acknowledged before the kill.
  writeSync(1, `${number}\n`);
}
