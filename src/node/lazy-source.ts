import type { IntegrationSource } from '../core/ports.ts';

/**
 * A source that is opened when first used, and again after that failed: whatever the reason (a locked vault, a
 * wrong URL), it is the reason why the source cannot be read, and it may pass.
 */
export class LazySource implements IntegrationSource {
  readonly kind: IntegrationSource['kind'];
  readonly #open: () => Promise<IntegrationSource>;
  #source: Promise<IntegrationSource> | undefined;

  constructor(kind: IntegrationSource['kind'], open: () => Promise<IntegrationSource>) {
    this.kind = kind;
    this.#open = open;
  }

  readonly list: IntegrationSource['list'] = async () => (await this.#opened()).list();
  readonly claim: IntegrationSource['claim'] = async (...args) => (await this.#opened()).claim(...args);
  readonly save: IntegrationSource['save'] = async (...args) => (await this.#opened()).save(...args);
  readonly release: IntegrationSource['release'] = async (...args) => (await this.#opened()).release(...args);
  readonly accessToken: IntegrationSource['accessToken'] = async (id) =>
    (await this.#opened()).accessToken(id);
  readonly fillMissing: IntegrationSource['fillMissing'] = async (...args) =>
    (await this.#opened()).fillMissing(...args);
  readonly recordFailure: IntegrationSource['recordFailure'] = async (...args) =>
    (await this.#opened()).recordFailure(...args);

  async dispose(): Promise<void> {
    const source = await this.#source?.catch(() => undefined);
    await source?.dispose();
  }

  #opened(): Promise<IntegrationSource> {
    this.#source ??= this.#open().catch((cause: unknown) => {
      this.#source = undefined;
      throw cause;
    });
    return this.#source;
  }
}
