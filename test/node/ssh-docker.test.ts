/** A bot's container on another machine. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BotTarget } from '../../src/core/export/restart.ts';
import { targetSchema } from '../../src/core/export/target.ts';
import { Secret } from '../../src/core/secret.ts';
import { systemTimer } from '../../src/node/clock.ts';
import { Docker } from '../../src/node/docker.ts';
import { Ssh } from '../../src/node/ssh.ts';
import { createRemoteMachine, type RemoteMachine } from '../../src/node/ssh-machine.ts';
import { startDockerd, type TestDockerd } from '../support/dockerd.ts';
import { NAS_PROGRAMS, startSshd, type TestSshd } from '../support/sshd.ts';

/** Says what Docker would say of one running bot. */
const RECORDED = `#!/bin/sh
case "$*" in
  --version) echo 'Docker version 24.0.2, build 610b8d0' ;;
  'version --format {{.Server.Version}}') echo 24.0.2 ;;
  'compose version --short') echo v2.20.1 ;;
  'compose config --services') pwd >&2; echo oneflex-bot ;;
  'compose ps --all --quiet oneflex-bot') echo 0123456789ab ;;
  inspect*) echo '{"id":"0123456789ab","running":true,"restarting":false,"startedAt":"2026-01-01T00:00:00Z",'\\
'"exitCode":0,"health":"none","variables":["PATH"],"timeZone":[""],"mounts":[],"workingDir":"","oneOff":"False"}' ;;
  *) echo "not recorded: $*" >&2; exit 9 ;;
esac
`;

describe('docker where a NAS has it', () => {
  let sshd: TestSshd;
  let ssh: Ssh;
  beforeAll(async () => {
    sshd = await startSshd({ busybox: NAS_PROGRAMS });
    ssh = new Ssh({ ssh: { destination: 'nas' }, home: await sshd.trustingHome(), run: sshd.run });
  });
  afterAll(async () => {
    await ssh.dispose();
    await sshd.dispose();
  });

  it('is found although the PATH does not say', async () => {
    const dir = sshd.makeFolder();
    const folder = join(sshd.folder, 'volume1', '@appstore', 'Container Manager', 'bin');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'docker'), RECORDED, { mode: 0o755 });
    const docker = new Docker({ run: ssh.run, folders: ['/no/such/folder', folder], timer: systemTimer });
    expect(await docker.inspect(botIn(dir))).toMatchObject({
      kind: 'inspected',
      docker: { program: join(folder, 'docker'), version: '24.0.2', serverVersion: '24.0.2' },
      compose: { form: 'docker compose', version: '2.20.1' },
      service: 'oneflex-bot',
      container: { running: true },
    });
  });

  it('is nowhere', async () => {
    const docker = new Docker({ run: ssh.run, folders: ['/no/such/folder'], timer: systemTimer });
    expect(await docker.inspect(botIn(sshd.makeFolder()))).toMatchObject({
      failure: { reason: 'docker-missing' },
    });
  });
});

describe('a real engine', () => {
  let dockerd: TestDockerd;
  let sshd: TestSshd;
  beforeAll(async () => {
    dockerd = await startDockerd();
    // As Synology's sshd gives it.
    const PATH = '/usr/bin:/bin:/usr/sbin:/sbin';
    sshd = await startSshd({ environment: { PATH, DOCKER_HOST: `unix://${dockerd.socket}` } });
  });
  afterAll(async () => {
    await sshd.dispose();
    await dockerd.dispose();
  });

  async function open(
    dir: string,
    destination: string,
    options: { sudo?: boolean } = {},
  ): Promise<RemoteMachine> {
    const ssh = { destination };
    const target = targetSchema.parse({ name: 'bot', dir, ssh, ...options });
    const ports = { home: await sshd.trustingHome(), timer: systemTimer, run: sshd.run };
    const machine = createRemoteMachine({ ...target, ssh }, ports);
    onTestFinished(() => machine.dispose());
    return machine;
  }

  it('restarts the bot, which reads the token that came by ssh', async () => {
    const bot = await dockerd.startBot({ compose: ['volumes: ["./config:/app/config"]'] });
    const machine = await open(bot.dir, 'nas-root');
    expect(
      await machine.envFile.merge(new Map([['ONEFLEX_TOKEN', new Secret('test-token-9')]])),
    ).toMatchObject({
      path: bot.envFile,
      written: true,
    });
    const lines: string[] = [];
    const outcome = await machine.containers.restart(machine.bot, { onLine: (line) => lines.push(line) });
    expect(outcome).toMatchObject({
      kind: 'restarted',
      plan: { action: 'restart', because: 'file-mounted' },
    });
    expect(await bot.output()).toEqual(['the token is test-token-1', 'the token is test-token-9']);
    expect(lines.join('\n')).toContain('Restarting');
  }, 120_000);

  it('is not for everybody to talk to', async () => {
    const bot = await dockerd.startBot({ start: false });
    const machine = await open(bot.dir, 'nas');
    expect(await machine.containers.inspect(machine.bot)).toMatchObject({
      failure: { reason: 'permission-denied' },
    });
  });

  it('is behind a sudo that asks for a password', async () => {
    const bot = await dockerd.startBot({ start: false });
    const machine = await open(bot.dir, 'nas', { sudo: true });
    expect(await machine.containers.inspect(machine.bot)).toMatchObject({
      failure: { reason: 'sudo-refused', message: expect.stringContaining('a password is required') },
    });
  });

  it('is on a machine that cannot be reached', async () => {
    const machine = await open('/volume1/docker/bot', 'nas-stranger');
    await expect(machine.containers.inspect(machine.bot)).rejects.toMatchObject({ code: 'ssh-auth-refused' });
    await expect(machine.containers.restart(machine.bot)).rejects.toMatchObject({ code: 'ssh-auth-refused' });
  });
});

function botIn(dir: string): BotTarget {
  return { dir, composeFiles: [], service: undefined, envFile: join(dir, 'config', '.env'), keys: [] };
}
