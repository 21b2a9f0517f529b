import * as z from 'zod/mini';
import { type Pause, standingPause } from '../../core/pause.ts';
import type { Store } from './store.ts';

const pauseRow = z.object({ until: z.nullable(z.number()) });

/** Kept in jeton.db: a pause outlives the process, and holds for every process of the home. */
export interface PauseStore {
  /** The one that holds at that moment. */
  standing(now: number): Pause | null;
  save(pause: Pause | undefined): Promise<void>;
}

export function createPauseStore(store: Store): PauseStore {
  return {
    standing(now) {
      const row = store.read((sql) => sql('SELECT until FROM pause').get());
      return standingPause(row === undefined ? undefined : pauseRow.parse(row), now);
    },
    async save(pause) {
      await store.write((sql) => {
        sql('DELETE FROM pause').run();
        if (pause !== undefined) sql('INSERT INTO pause (only_row, until) VALUES (1, ?)').run(pause.until);
      });
    },
  };
}
