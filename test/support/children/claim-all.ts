/**
 * Says `ready`, waits for a line, then claims every row, prints the ids of those it got, and `done`. It keeps them, and
 * lives, until a second line: what somebody dead has claimed is anybody's.
 */
import { once } from 'node:events';
import { createLocalIntegrations } from '../../../src/node/database/integrations.ts';
import { openStore } from '../../../src/node/database/open.ts';
import { Presence } from '../../../src/node/database/presence.ts';
import { systemKeychain } from '../../../src/node/vault/keychain.ts';
import { Vault } from '../../../src/node/vault/vault.ts';

const [home = '', chain = ''] = process.argv.slice(2);
const store = openStore(home);
const env = { JETON_MASTER_KEY: Buffer.alloc(32, 'k').toString('base64') };
const vault = new Vault({ store, env, keychain: systemKeychain() });
const presence = new Presence(home);
const clock = { now: () => Date.now() };
const source = createLocalIntegrations({ store, vault, clock, isDead: presence.isDead });

const rows = await source.list();
console.log('ready');
await once(process.stdin, 'data');
await Promise.all(
  rows.map(async ({ id }) => {
    const { kind } = await source.claim([id], chain, presence.owner, 90_000);
    if (kind === 'claimed') console.log(id);
  }),
);
console.log('done');
await once(process.stdin, 'data');
process.stdin.destroy();
store.dispose();
presence.dispose();
