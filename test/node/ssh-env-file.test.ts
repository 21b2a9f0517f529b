import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemTimer } from '../../src/node/clock.ts';
import { Ssh } from '../../src/node/ssh.ts';
import { createRemoteEnvFile } from '../../src/node/ssh-files.ts';
import { describeEnvFile } from '../contracts/env-file.ts';
import { NAS_PROGRAMS, startSshd, type TestSshd } from '../support/sshd.ts';

describe.each([
  ['by ssh, as Debian has it', {}],
  ['by ssh, where there is little but busybox', { busybox: NAS_PROGRAMS }],
])('%s', (name, options) => {
  let sshd: TestSshd;
  let ssh: Ssh;
  beforeAll(async () => {
    sshd = await startSshd(options);
    ssh = new Ssh({ ssh: { destination: 'nas' }, home: await sshd.trustingHome(), run: sshd.run });
  });
  afterAll(async () => {
    await ssh.dispose();
    await sshd.dispose();
  });

  describeEnvFile(name, () => ({
    user: sshd.user,
    makeFolder: () => sshd.makeFolder(),
    open: (path, timer) => createRemoteEnvFile({ ssh, path, timer }),
    as: (work) => work(),
  }));

  it('says beforehand that its folder is closed to changes', async () => {
    const folder = sshd.makeFolder();
    chmodSync(folder, 0o555);
    const obstacle = { code: 'env-file-unwritable', path: folder, reason: 'EACCES' };
    const target = (path: string) => createRemoteEnvFile({ ssh, path, timer: systemTimer });
    expect(await target(join(folder, 'new')).inspect()).toMatchObject({ kind: 'absent', obstacle });
    writeFileSync(join(folder, '.env'), 'A=1\n');
    chownSync(join(folder, '.env'), sshd.user.uid, sshd.user.gid);
    expect(await target(join(folder, '.env')).inspect()).toMatchObject({ kind: 'present', obstacle });
  });
});
