import * as z from 'zod/mini';
import type { Store } from './store.ts';

const pauseRow = z.object({ until: z.nullable(z.number()) });

/** That the tray application leaves everything alone. `until`: epoch milliseconds; `null`: the person ends it. */
export interface Pause {
  readonly until: number | null;
}

/** Kept in jeton.db, so that a pause outlives the process. */
export interface PauseStore {
  /** Whatever was kept last, over or not. */
  read(): Pause | undefined;
  save(pause: Pause | undefined): Promise<void>;
}

export function createPauseStore(store: Store): PauseStore {
  return {
    read() {
      const row = store.read((sql) => sql('SELECT until FROM pause').get());
      return row === undefined ? undefined : pauseRow.parse(row);
    },
    async save(pause) {
      await store.write((sql) => {
        sql('DELETE FROM pause').run();
        if (pause !== undefined) sql('INSERT INTO pause (only_row, until) VALUES (1, ?)').run(pause.until);
      });
    },
  };
}
