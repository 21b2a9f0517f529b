import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/core/ports.ts';
import { openStore } from '../../src/node/database/open.ts';
import type { Store } from '../../src/node/database/store.ts';
import { Vault } from '../../src/node/vault/vault.ts';
import { MemoryKeychain } from '../fakes/memory-keychain.ts';

/** The key of test homes that are opened by several processes: 32 times the letter k, in base64. */
export const TEST_KEY = Buffer.alloc(32, 'k').toString('base64');

export const systemTime: Clock = { now: () => Date.now() };

/** jeton.db of `home` with an initialised vault; closed when the test is over. */
export async function openTestStore(home: string): Promise<{ store: Store; vault: Vault }> {
  const store = openStore(home);
  onTestFinished(() => store.dispose());
  const vault = new Vault({ store, env: { JETON_MASTER_KEY: TEST_KEY }, keychain: new MemoryKeychain() });
  if ((await vault.status()).state === 'missing') await vault.init();
  return { store, vault };
}
