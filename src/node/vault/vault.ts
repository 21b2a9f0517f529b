import { randomBytes, randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { JetonError } from '../../core/errors.ts';
import type { VaultGate, VaultStatus } from '../../core/ports.ts';
import { Secret } from '../../core/secret.ts';
import type { Store } from '../database/store.ts';
import { KEY_BYTES, seal, unseal, type Place } from './envelope.ts';
import { chooseHeadlessKey, deriveKey, parseKey, unusable, type HeadlessKey } from './headless-key.ts';
import type { Keychain } from './keychain.ts';

/** The vault with its key at hand. */
export interface OpenVault {
  readonly keyId: string;
  seal(secret: Secret, place: Place): Buffer;
  /** @throws JetonError `secret-damaged`. */
  unseal(sealed: Uint8Array, place: Place): Secret;
}

export interface VaultReport extends VaultStatus {
  /** Why it is not `ready`, or why no key can be made. */
  readonly problem: JetonError | undefined;
  /** {@link Vault.init} would find a place for a key: asked for while `missing`, before the first secret. */
  readonly canInit: boolean;
}

export interface VaultOptions {
  readonly store: Store;
  readonly env: NodeJS.ProcessEnv;
  readonly keychain: Keychain;
}

const vaultRow = z.pipe(
  z.object({
    key_id: z.string(),
    salt: z.nullable(z.instanceof(Uint8Array)),
    canary: z.instanceof(Uint8Array),
    key_source: z.nullable(z.string()),
  }),
  z.transform(({ key_id: keyId, salt, canary, key_source: source }) => ({
    keyId,
    salt,
    canary,
    /** Where the key was found last. Rows of before it was noted say it only of a passphrase. */
    keySource: source ?? (salt === null ? 'keychain' : 'passphrase-file'),
  })),
);
type VaultRow = z.output<typeof vaultRow>;

const CANARY = 'jeton';

/**
 * Guards the master key of one jeton.db. Its row there, written when the key is made, holds a canary: a key
 * that does not open it is the wrong one, and what that key cannot open afterwards is damaged.
 *
 * Only a key that opened the canary is remembered. Everything else is asked again each time, so that a locked
 * keyring is usable the moment a person unlocks it.
 */
export class Vault implements VaultGate {
  readonly #store: Store;
  readonly #env: NodeJS.ProcessEnv;
  readonly #keychain: Keychain;
  #opened: { readonly keyId: string; readonly key: Buffer } | undefined;
  #opening: Promise<Buffer> | undefined;

  constructor(options: VaultOptions) {
    this.#store = options.store;
    this.#env = options.env;
    this.#keychain = options.keychain;
  }

  /** Never creates anything and never rejects for what a person can mend. */
  async status(): Promise<VaultReport> {
    const headless = chooseHeadlessKey(this.#env);
    const keySource = headless?.name ?? 'keychain';
    const row = this.#row();
    try {
      if (row === undefined) await this.#tryKeySource(headless);
      // Deriving the key takes half a second on purpose: too long for a look. Its file must do.
      else if (headless?.kind === 'passphrase' && this.#opened === undefined) headless.read();
      else await this.#keyOf(row);
      return {
        state: row === undefined ? 'missing' : 'ready',
        keySource,
        problem: undefined,
        canInit: row === undefined,
      };
    } catch (error) {
      if (!(error instanceof JetonError)) throw error;
      if (row === undefined) return { state: 'missing', keySource, problem: error, canInit: false };
      const expected = headless?.name ?? row.keySource;
      return { state: 'locked', keySource: expected, problem: error, canInit: false };
    }
  }

  /**
   * @throws JetonError `vault-missing` before {@link init}; `vault-locked` while the key is out of reach;
   *   `vault-wrong-key` when the key at hand is not this store's; `vault-key-unusable` when the chosen headless
   *   source cannot be used.
   */
  async open(): Promise<OpenVault> {
    const row = this.#row();
    if (row === undefined) throw new JetonError('vault-missing');
    const key = await this.#keyOf(row);
    const { keyId } = row;
    return {
      keyId,
      seal: (secret, place) => seal(key, keyId, place, secret.reveal()),
      unseal: (sealed, place) => new Secret(unseal(key, keyId, place, sealed)),
    };
  }

  /** @throws JetonError as {@link open} does. */
  async ensureReady(): Promise<void> {
    await this.open();
  }

  /**
   * Gives the store its key: a new one in the keychain or, where a headless source was chosen, that one. It is
   * kept there before the store knows of it.
   *
   * @throws JetonError `vault-exists` when the store has a key, be it for a moment: another process may have
   *   been faster, and then {@link open} works; `vault-locked` when the keychain takes nothing now;
   *   `vault-key-unusable`.
   */
  async init(): Promise<void> {
    if (this.#row() !== undefined) throw new JetonError('vault-exists');
    const headless = chooseHeadlessKey(this.#env);
    const keyId = randomUUID();
    const salt = headless?.kind === 'passphrase' ? randomBytes(16) : null;
    const key = headless === undefined ? randomBytes(KEY_BYTES) : await headlessKey(headless, salt);
    if (headless === undefined) await this.#keep(keyId, key);

    const canary = seal(key, keyId, canaryPlace(keyId), CANARY);
    const first = await this.#store.write(
      (sql) =>
        sql(
          'INSERT OR IGNORE INTO vault (only_row, key_id, salt, canary, key_source) VALUES (1, ?, ?, ?, ?)',
        ).run(keyId, salt, canary, headless?.name ?? 'keychain').changes === 1,
    );
    if (!first) {
      if (headless === undefined) await this.#keychain.remove(keyId);
      throw new JetonError('vault-exists');
    }
    this.#opened = { keyId, key };
  }

  /** The master key in base64, which {@link unlock} and `JETON_MASTER_KEY` take. @throws as {@link open} does. */
  async exportRecoveryKey(): Promise<Secret> {
    const row = this.#row();
    if (row === undefined) throw new JetonError('vault-missing');
    return new Secret((await this.#keyOf(row)).toString('base64'));
  }

  /**
   * Puts the key back into the keychain that lost it.
   *
   * @throws JetonError `vault-missing`; `vault-wrong-key` when it is another store's; `vault-key-unusable` when
   *   it is no key at all, or there is no keychain; `vault-locked` when the keychain takes nothing now.
   */
  async unlock(recoveryKey: Secret): Promise<void> {
    const row = this.#row();
    if (row === undefined) throw new JetonError('vault-missing');
    const key = parseKey(recoveryKey.reveal(), 'recovery-key');
    checkCanary(row, key, 'recovery-key');
    await this.#keep(row.keyId, key);
    await this.#noteSource(row, 'keychain');
    this.#opened = { keyId: row.keyId, key };
  }

  #row(): VaultRow | undefined {
    const row = this.#store.read((sql) => sql('SELECT key_id, salt, canary, key_source FROM vault').get());
    return row === undefined ? undefined : vaultRow.parse(row);
  }

  async #keyOf(row: VaultRow): Promise<Buffer> {
    if (this.#opened?.keyId === row.keyId) return this.#opened.key;
    // Many who ask at once wait for one derivation, one question to the keychain.
    this.#opening ??= this.#fetchKey(row).finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #fetchKey(row: VaultRow): Promise<Buffer> {
    const headless = chooseHeadlessKey(this.#env);
    const key =
      headless === undefined ? await this.#fromKeychain(row) : await headlessKey(headless, row.salt);
    const source = headless?.name ?? 'keychain';
    checkCanary(row, key, source);
    await this.#noteSource(row, source);
    this.#opened = { keyId: row.keyId, key };
    return key;
  }

  /** Only to be told of one day: a disk that takes nothing now keeps nobody from the key. */
  async #noteSource({ keyId, keySource }: VaultRow, source: string): Promise<void> {
    if (source === keySource) return;
    await this.#store
      .write((sql) => sql('UPDATE vault SET key_source = ? WHERE key_id = ?').run(source, keyId))
      .catch(() => undefined);
  }

  async #fromKeychain({ keyId, keySource }: VaultRow): Promise<Buffer> {
    const answer = await this.#keychain.read(keyId);
    if (answer.kind === 'answer') return parseKey(answer.value, 'keychain');
    // A keychain that was never given the key cannot be unlocked for it.
    if (keySource !== 'keychain') {
      throw new JetonError('vault-locked', { source: keySource, reason: 'source-not-set' });
    }
    switch (answer.kind) {
      case 'none':
        throw locked('locked-or-removed');
      case 'unavailable':
        throw locked(answer.reason, answer.cause);
    }
  }

  /** Could a key be kept or found there? The question has no answer short of asking for an entry. */
  async #tryKeySource(headless: HeadlessKey | undefined): Promise<void> {
    if (headless !== undefined) {
      headless.read();
      return;
    }
    const answer = await this.#keychain.read('probe');
    if (answer.kind === 'unavailable') throw unusable('keychain', answer.reason, { cause: answer.cause });
  }

  /** Reads back what it wrote: a key that was not kept must not seal anything. */
  async #keep(keyId: string, key: Buffer): Promise<void> {
    await this.#tryKeySource(undefined);
    const text = key.toString('base64');
    const written = await this.#keychain.write(keyId, text);
    // It answers questions and takes nothing.
    if (written.kind === 'unavailable') throw locked('locked-or-removed', written.cause);
    const kept = await this.#keychain.read(keyId);
    if (kept.kind !== 'answer' || kept.value !== text) throw unusable('keychain', 'not-kept');
  }
}

function locked(reason: string, cause?: unknown): JetonError {
  return new JetonError('vault-locked', { source: 'keychain', reason }, { cause });
}

async function headlessKey(source: HeadlessKey, salt: Uint8Array | null): Promise<Buffer> {
  if (source.kind === 'key') return source.read();
  // A store without a salt was not sealed with a passphrase.
  if (salt === null) throw new JetonError('vault-wrong-key', { source: source.name });
  return deriveKey(source.read(), salt);
}

function checkCanary({ keyId, canary }: VaultRow, key: Uint8Array, source: string): void {
  try {
    unseal(key, keyId, canaryPlace(keyId), canary);
  } catch (cause) {
    throw new JetonError('vault-wrong-key', { source }, { cause });
  }
}

function canaryPlace(keyId: string): Place {
  return { table: 'vault', row: keyId, column: 'canary' };
}
