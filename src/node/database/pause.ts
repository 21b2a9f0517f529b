import * as z from 'zod/mini';
import type { Pause } from '../../core/pause.ts';
import type { Store } from './store.ts';

const pauseRow = z.object({ until: z.nullable(z.number()) });

/** Kept in jeton.db: a pause outlives the process, and holds for every process of the home. */
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
