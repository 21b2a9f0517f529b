import { closeSync, openSync, truncateSync, writeSync } from 'node:fs';

/** What can become of a database file on a bad disk. */
export const DAMAGES: Readonly<Record<string, (file: string) => void>> = {
  'overwritten at its head': (file) => {
    const handle = openSync(file, 'r+');
    writeSync(handle, 'not a database at all', 0);
    closeSync(handle);
  },
  'cut short': (file) => truncateSync(file, 5000),
  emptied: (file) => truncateSync(file, 0),
};
