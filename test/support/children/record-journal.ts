/** Records journal entries without end, and prints the number of each once it is acknowledged. */
import { writeSync } from 'node:fs';
import { Secret } from '../../../src/core/secret.ts';
import { createJournal } from '../../../src/node/database/journal.ts';
import { openStore } from '../../../src/node/database/open.ts';
import { systemKeychain } from '../../../src/node/vault/keychain.ts';
import { Vault } from '../../../src/node/vault/vault.ts';

const [home = ''] = process.argv.slice(2);
const store = openStore(home);
const env = { JETON_MASTER_KEY: Buffer.alloc(32, 'k').toString('base64') };
const journal = createJournal(store, new Vault({ store, env, keychain: systemKeychain() }), {
  now: () => Date.now(),
});

async function recordForEver(): Promise<never> {
  for (let number = 0; ; number += 1) {
    const { entryId } = await journal.record({
      ids: ['local:1'],
      spentChain: `spent-${number}`,
      pair: {
        accessToken: new Secret(`xoxe.xoxb-1-test-access-${number}`),
        refreshToken: new Secret(`xoxe-1-test-refresh-${number}`),
        expiresAt: undefined,
      },
      receivedAt: Date.now(),
    });
    // Synchronously: what was printed was acknowledged before the kill.
    writeSync(1, `${entryId}\n`);
  }
}

await Promise.all([recordForEver(), recordForEver(), recordForEver()]);
