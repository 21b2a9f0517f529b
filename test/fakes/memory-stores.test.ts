import { describeStores } from '../contracts/stores.ts';
import { MemoryActivityLog, MemoryHealthStore, MemoryJournal } from './memory-stores.ts';

describeStores('The stores in memory', async () => {
  let time = 0;
  const clock = { now: () => time };
  return {
    journal: new MemoryJournal(clock),
    health: new MemoryHealthStore(),
    activity: new MemoryActivityLog(),
    setClock: (to) => (time = to),
    dispose: async () => {},
  };
});
