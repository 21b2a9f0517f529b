import * as z from 'zod/mini';
import type { Secret } from '../../core/secret.ts';
import type { Vault } from '../vault/vault.ts';
import type { Store } from './store.ts';

const secretRow = z.object({ value: z.instanceof(Uint8Array) });

/** Secrets that belong to no integration, such as the URL of the application's database. */
export class NamedSecrets {
  readonly #store: Store;
  readonly #vault: Vault;

  constructor(store: Store, vault: Vault) {
    this.#store = store;
    this.#vault = vault;
  }

  /** Needs no key. */
  has(name: string): boolean {
    return this.#row(name) !== undefined;
  }

  /** Needs no key. Another one after each {@link put}; `undefined` when there is no such secret. */
  markOf(name: string): string | undefined {
    const row = this.#row(name);
    return row && Buffer.from(row.value).toString('base64');
  }

  /** @throws JetonError as {@link Vault.open} does, unless there is no such secret; `secret-damaged`. */
  async get(name: string): Promise<Secret | undefined> {
    const row = this.#row(name);
    return row && (await this.#vault.open()).unseal(row.value, placeOf(name));
  }

  /** Replaces the one of that name. @throws JetonError as {@link Vault.open} does. */
  async put(name: string, secret: Secret): Promise<void> {
    const vault = await this.#vault.open();
    const sealed = vault.seal(secret, placeOf(name));
    await this.#store.write((sql) =>
      sql('INSERT OR REPLACE INTO secrets (name, key_id, value) VALUES (?, ?, ?)').run(
        name,
        vault.keyId,
        sealed,
      ),
    );
  }

  /** False when there is none. */
  remove(name: string): Promise<boolean> {
    return this.#store.write((sql) => sql('DELETE FROM secrets WHERE name = ?').run(name).changes > 0);
  }

  #row(name: string): z.output<typeof secretRow> | undefined {
    const row = this.#store.read((sql) => sql('SELECT value FROM secrets WHERE name = ?').get(name));
    return row === undefined ? undefined : secretRow.parse(row);
  }
}

function placeOf(name: string): { table: string; row: string; column: string } {
  return { table: 'secrets', row: name, column: 'value' };
}
