/** A fixture on the stand-in, and what it told so far (see `fixtures/say.ts`). */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryHome } from '../support/temporary-home.ts';
import { startHost, type ElectronHost, type HostOptions } from './host.ts';

export interface Told {
  readonly what: string;
  readonly detail: unknown;
}

export class Fixture {
  readonly host: ElectronHost;

  constructor(host: ElectronHost) {
    this.host = host;
  }

  get told(): readonly Told[] {
    return this.host.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as [string, unknown])
      .map(([what, detail]) => ({ what, detail }));
  }

  /** Waits for it, and answers what came with it. */
  async hear(
    what: string,
    find: (detail: Record<string, unknown>) => boolean = () => true,
  ): Promise<unknown> {
    const told = await this.host.until(`'${what}' is told`, () =>
      this.told.find((each) => each.what === what && find((each.detail ?? {}) as Record<string, unknown>)),
    );
    return told.detail;
  }

  heard(what: string): readonly unknown[] {
    return this.told.filter((each) => each.what === what).map(({ detail }) => detail);
  }

  whats(): readonly string[] {
    return this.told.map(({ what }) => what);
  }
}

export async function startFixture(name: string, options: Partial<HostOptions> = {}): Promise<Fixture> {
  const main = join(import.meta.dirname, 'fixtures', `${name}.ts`);
  const host = await startHost({ main, home: options.home ?? temporaryHome(), ...options });
  onTestFinished(() => host.dispose());
  return new Fixture(host);
}
