import type { Keychain, KeychainAnswer } from '../../src/node/vault/keychain.ts';

/** A keychain in memory. Locked, it answers like a locked keyring: as if nothing were in it. */
export class MemoryKeychain implements Keychain {
  readonly entries = new Map<string, string>();
  state: 'unlocked' | 'locked' | 'unavailable' = 'unlocked';
  /** Every account it was asked for. */
  readonly asked: string[] = [];

  async read(account: string): Promise<KeychainAnswer<string>> {
    this.asked.push(account);
    if (this.state === 'unavailable') return { kind: 'unavailable', reason: 'no-service' };
    const value = this.state === 'locked' ? undefined : this.entries.get(account);
    return value === undefined ? { kind: 'none' } : { kind: 'answer', value };
  }

  async write(account: string, value: string): Promise<KeychainAnswer<true>> {
    if (this.state !== 'unlocked') return { kind: 'unavailable', reason: 'no-service' };
    this.entries.set(account, value);
    return { kind: 'answer', value: true };
  }

  async remove(account: string): Promise<KeychainAnswer<true>> {
    this.entries.delete(account);
    return { kind: 'answer', value: true };
  }
}
