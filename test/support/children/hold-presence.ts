/** Prints the name it holds in the home, then waits: to leave in good order at a line, or to be killed. */
import { once } from 'node:events';
import { Presence } from '../../../src/node/database/presence.ts';

const presence = new Presence(process.argv[2] ?? '');
console.log(presence.owner);
await once(process.stdin, 'data');
process.stdin.destroy();
presence.dispose();
