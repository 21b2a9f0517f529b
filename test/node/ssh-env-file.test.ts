import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
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

it('is written as safely by programs that know less', async () => {
  const sshd = await startSshd({ busybox: NAS_PROGRAMS, spy: true });
  onTestFinished(() => sshd.dispose());
  const log = join(sshd.folder, 'log');
  writeFileSync(log, '');
  chmodSync(log, 0o666);
  // A dd that cannot wait for the disk, and a sync that knows of no files.
  sshd.precedeProgram('dd', `case "$*" in *fsync*) echo "dd: invalid conversion" >&2; exit 1 ;; esac`);
  sshd.precedeProgram('sync', `[ $# -eq 0 ] || { echo usage >&2; exit 1; }; echo synced >>'${log}'`);
  const ssh = new Ssh({ ssh: { destination: 'nas' }, home: await sshd.trustingHome(), run: sshd.run });
  onTestFinished(() => ssh.dispose());
  const path = join(sshd.makeFolder(), '.env');
  const target = createRemoteEnvFile({ ssh, path, timer: systemTimer });
  for (const token of ['test-access-1', 'test-access-22', 's']) {
    expect(await target.merge(new Map([['TOKEN', new Secret(token)]]))).toMatchObject({ written: true });
    expect(readFileSync(path, 'utf8')).toBe(`TOKEN=${token}\n`);
  }
  // Each time the content and the folder, and twice the backup.
  expect(readFileSync(log, 'utf8')).toBe('synced\n'.repeat(8));
});
