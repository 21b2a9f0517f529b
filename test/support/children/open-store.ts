/** Says `ready`, waits for a line, opens the store, writes to it and prints its schema's version. */
import { once } from 'node:events';
import { openStore } from '../../../src/node/database/open.ts';

const [home = '', umask] = process.argv.slice(2);
if (umask !== undefined) process.umask(Number.parseInt(umask, 8));
console.log('ready');
await once(process.stdin, 'data');
process.stdin.destroy();
const store = openStore(home);
await store.write((sql) =>
  sql("INSERT INTO activity (at, id, name, event) VALUES (1, 'local:1', 'Team', 'added')").run(),
);
console.log(store.read((sql) => JSON.stringify(sql('PRAGMA user_version').get())));
store.dispose();
