import { chownSync, realpathSync } from 'node:fs';
import { createEnvTarget } from '../../src/node/env-target.ts';
import { describeEnvFile } from '../contracts/env-file.ts';
import { NOBODY, withoutPowers } from '../support/somebody-else.ts';
import { temporaryHome } from '../support/temporary-home.ts';

describeEnvFile('on this machine', () => ({
  user: { uid: NOBODY, gid: NOBODY },
  makeFolder() {
    const folder = realpathSync(temporaryHome());
    chownSync(folder, NOBODY, NOBODY);
    return folder;
  },
  open: (path, timer) => createEnvTarget({ path, timer }),
  as: withoutPowers,
}));
