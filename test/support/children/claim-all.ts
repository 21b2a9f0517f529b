/**
 * Says `ready`, waits for a line, then claims every row and prints the ids of those it got. With `stay` it waits
 * to be killed.
 */
import { once } from 'node:events';
import { createLocalIntegrations } from '../../../src/node/database/integrations.ts';
import { openStore } from '../../../src/node/database/open.ts';
import { Presence } from '../../../src/node/database/presence.ts';
import { systemKeychain } from '../../../src/node/vault/keychain.ts';
import { Vault } from '../../../src/node/vault/vault.ts';

const [home = '', chain = '', stay] = process.argv.slice(2);
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
if (stay === undefined) {
  process.stdin.destroy();
  store.dispose();
  presence.dispose();
}
