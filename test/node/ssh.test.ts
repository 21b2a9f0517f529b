/** Whom we talk to, whether they let us in, and what is seen of it from outside. */
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { JetonError } from '../../src/core/errors.ts';
import { targetSchema } from '../../src/core/export/target.ts';
import { Secret } from '../../src/core/secret.ts';
import { systemTimer } from '../../src/node/clock.ts';
import { type RunCommand, runCommand } from '../../src/node/run-command.ts';
import { hostKeyOf, Ssh, type SshDestination } from '../../src/node/ssh.ts';
import { pinHostKey } from '../../src/node/ssh-host-key.ts';
import { createRemoteMachine } from '../../src/node/ssh-machine.ts';
import { freePort } from '../support/free-port.ts';
import { NAS_PROGRAMS, startSshd, type TestSshd } from '../support/sshd.ts';
import { temporaryHome } from '../support/temporary-home.ts';

let sshd: TestSshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.dispose());

const NAS = { destination: 'nas' };

/** Ends its connection with the test. */
function connect(home: string, ssh: SshDestination = NAS, run: RunCommand = sshd.run): Ssh {
  const connection = new Ssh({ ssh, home, run });
  onTestFinished(() => connection.dispose());
  return connection;
}

/** What `echo` over there says, or the situation that keeps it from being heard. */
async function ask(ssh: Ssh): Promise<unknown> {
  try {
    const outcome = await ssh.run(['echo', 'here'], { timeoutMs: 30_000 });
    return outcome.kind === 'ended' ? outcome.stdout.toString() : outcome;
  } catch (error) {
    if (error instanceof JetonError) return { code: error.code, ...error.details };
    throw error;
  }
}

describe('the host key', () => {
  it('of a machine that nobody confirmed is shown, and nothing is said to that machine', async () => {
    const home = temporaryHome();
    const { fingerprint } = sshd.hostKey();
    const unknown = { code: 'ssh-host-key-unknown', host: 'nas', fingerprint };
    expect(await ask(connect(home))).toEqual(unknown);
    // Asking does not make it known.
    expect(await ask(connect(home))).toEqual(unknown);

    const key = await hostKeyOf({ ssh: NAS, home, run: sshd.run });
    expect(key).toEqual(sshd.hostKey());
    await pinHostKey(home, key);
    expect(await ask(connect(home))).toBe('here\n');
    const folder = join(home, 'ssh');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'known_hosts')).mode & 0o777).toBe(0o600);
  });

  it('is the machine’s, by whatever name and way it is reached', async () => {
    const home = await sshd.trustingHome();
    expect(await ask(connect(home, { destination: 'nas-behind' }))).toBe('here\n');
    expect(await hostKeyOf({ ssh: { destination: 'nas-behind' }, home, run: sshd.run })).toEqual(
      sshd.hostKey(),
    );
    expect(await ask(connect(home, { destination: 'root@127.0.0.1', port: sshd.port }))).toBe('here\n');
  });

  it('that is another than before is refused, both are named, and it can be accepted', async () => {
    const home = await sshd.trustingHome();
    await pinHostKey(home, { ...sshd.hostKey(), name: 'other.test' });
    const known = sshd.hostKey().fingerprint;
    expect(await ask(connect(home))).toBe('here\n');
    await sshd.restart({ hostKeys: 'new' });
    const { fingerprint } = sshd.hostKey();
    expect(fingerprint).not.toBe(known);
    expect(await ask(connect(home))).toEqual({
      code: 'ssh-host-key-changed',
      host: 'nas',
      fingerprint,
      known,
    });

    await pinHostKey(home, await hostKeyOf({ ssh: NAS, home, run: sshd.run }));
    expect(await ask(connect(home))).toBe('here\n');
    const lines = readFileSync(join(home, 'ssh', 'known_hosts'), 'utf8')
      .trim()
      .split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['other.test', sshd.hostKey().name]);
  });

  it('that is of another kind than before is refused as well', async () => {
    const home = await sshd.trustingHome();
    const known = sshd.hostKey().fingerprint;
    await sshd.restart({ hostKeys: ['ecdsa'] });
    onTestFinished(() => sshd.restart({ hostKeys: ['ed25519'] }));
    const { fingerprint } = sshd.hostKey('ecdsa');
    expect(await ask(connect(home))).toEqual({
      code: 'ssh-host-key-changed',
      host: 'nas',
      fingerprint,
      known,
    });
  });
});

describe('a machine that does not let us in', () => {
  it.each(['nas-stranger', 'nas-locked'])(
    'says so at once, and nobody is asked anything: %s',
    async (host) => {
      const home = await sshd.trustingHome();
      // A desktop's way to ask for a passphrase.
      const asked = join(home, 'asked');
      const askpass = join(home, 'askpass');
      writeFileSync(askpass, `#!/bin/sh\ntouch '${asked}'\necho test-passphrase\n`, { mode: 0o755 });
      const desktop = { DISPLAY: ':0', SSH_ASKPASS: askpass };
      const run: RunCommand = (argv, options) =>
        sshd.run(argv, { ...options, env: { ...desktop, ...options.env } });
      expect(await ask(connect(home, { destination: host }, run))).toEqual({
        code: 'ssh-auth-refused',
        host,
        reason: 'publickey',
      });
      expect(existsSync(asked)).toBe(false);
    },
  );

  it('is not there at all', async () => {
    const home = await sshd.trustingHome();
    await sshd.stop();
    onTestFinished(() => sshd.restart());
    const unreachable = { code: 'ssh-unreachable', host: 'nas', reason: expect.stringContaining('refused') };
    expect(await ask(connect(home))).toEqual(unreachable);
    await expect(hostKeyOf({ ssh: NAS, home, run: sshd.run })).rejects.toMatchObject({
      details: { host: 'nas' },
    });
  });

  it('has a name that nobody knows', async () => {
    const reason = expect.stringContaining('Could not resolve hostname');
    expect(await ask(connect(temporaryHome(), { destination: 'me@nowhere.invalid' }))).toEqual({
      code: 'ssh-unreachable',
      host: 'me@nowhere.invalid',
      reason,
    });
  });

  it('takes the call and stays silent: that is over in 30 s', async () => {
    const silent = createServer(() => undefined);
    const port = await freePort();
    silent.listen(port, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const begin = performance.now();
    expect(await ask(connect(temporaryHome(), { destination: '127.0.0.1', port }))).toMatchObject({
      code: 'ssh-unreachable',
      reason: expect.stringContaining('timed out'),
    });
    expect(performance.now() - begin).toBeLessThan(30_000);
  }, 40_000);

  it('falls silent in the middle: that is over in 30 s, too', async () => {
    const home = await sshd.trustingHome();
    const dir = sshd.makeFolder();
    const target = targetSchema.parse({ name: 'bot', dir, envFile: '.env', ssh: NAS });
    const machine = createRemoteMachine({ ...target, ssh: NAS }, { home, timer: systemTimer, run: sshd.run });
    onTestFinished(() => machine.dispose());
    expect(await machine.envFile.inspect()).toMatchObject({ kind: 'absent' });
    const speak = sshd.fallSilent();
    onTestFinished(speak);
    const begin = performance.now();
    await expect(machine.envFile.inspect()).rejects.toMatchObject({
      code: 'ssh-unreachable',
      details: { host: 'nas' },
    });
    expect(performance.now() - begin).toBeLessThan(30_000);
    speak();
    expect(await machine.envFile.inspect()).toMatchObject({ kind: 'absent' });
  }, 40_000);

  it('answers, but slowly: all that is done in one go ends in 30 s', async () => {
    const home = await sshd.trustingHome();
    const dir = sshd.makeFolder();
    writeFileSync(join(dir, '.env'), 'TOKEN=before\n');
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const limits: number[] = [];
    const slowly: RunCommand = async (argv, options) => {
      limits.push(options.timeoutMs);
      const outcome = await sshd.run(argv, options);
      vi.advanceTimersByTime(9_000);
      return outcome;
    };
    const target = targetSchema.parse({ name: 'bot', dir, envFile: '.env', ssh: NAS });
    const ports = { home, timer: systemTimer, run: slowly };
    const machine = createRemoteMachine({ ...target, ssh: NAS }, ports);
    onTestFinished(() => machine.dispose());
    const slow = { code: 'ssh-too-slow', details: { host: 'nas', seconds: 25 } };
    const merge = () => machine.envFile.merge(new Map([['TOKEN', new Secret('after')]]));
    await expect(merge()).rejects.toMatchObject(slow);
    // Three that work, and the one that gives the lock back.
    expect(limits).toEqual([25_000, 16_000, 7_000, 2_000]);
    expect(readdirSync(dir)).toEqual(['.env']);
    expect(readFileSync(join(dir, '.env'), 'utf8')).toBe('TOKEN=before\n');

    // Of what is cut off by the limit, too, it is said that the machine is slow.
    let commands = 0;
    const cutOff: RunCommand = async (argv, options) => {
      commands += 1;
      if (commands === 1) return sshd.run(argv, options);
      vi.advanceTimersByTime(options.timeoutMs);
      return { kind: 'timed-out' };
    };
    const cut = createRemoteMachine({ ...target, ssh: NAS }, { ...ports, run: cutOff });
    onTestFinished(() => cut.dispose());
    await expect(cut.envFile.inspect()).rejects.toMatchObject(slow);
  });

  it('cannot be called where there is no ssh', async () => {
    const run: RunCommand = (argv, options) =>
      runCommand(argv, { ...options, env: { PATH: temporaryHome() } });
    expect(await ask(connect(temporaryHome(), NAS, run))).toEqual({ code: 'ssh-missing' });
  });
});

describe('the clock over there', () => {
  it.each([
    [{ environment: { TZ: 'Asia/Kolkata' } }, '+05:30'],
    [{ environment: { TZ: 'BRT3' }, busybox: NAS_PROGRAMS }, '-03:00'],
  ])('is known: %j', async (options, zone) => {
    const other = await startSshd(options);
    onTestFinished(() => other.dispose());
    const target = targetSchema.parse({ name: 'bot', dir: '/bot', ssh: NAS });
    const ports = { home: await other.trustingHome(), timer: systemTimer, run: other.run };
    const machine = createRemoteMachine({ ...target, ssh: NAS }, ports);
    onTestFinished(() => machine.dispose());
    expect(await machine.timeZone()).toBe(zone);
  });
});

describe('a command over there', () => {
  it('gets every argument as it is, and runs where it is told to', async () => {
    const ssh = connect(await sshd.trustingHome());
    const cwd = join(sshd.makeFolder(), '..');
    const odd = ["it's", '$(id)', '`id`', '*', '', ' ', '-n', '\\', '\n', '"', 'é', '!', ';', '%s'];
    const outcome = await ssh.run(['sh', '-c', 'pwd; printf "<%s>" "$LC_ALL" "$@"', 'sh', ...odd], {
      cwd,
      timeoutMs: 30_000,
      env: { LC_ALL: "it's C" },
    });
    expect(outcome).toMatchObject({ kind: 'ended', exitCode: 0 });
    const said = outcome.kind === 'ended' ? outcome.stdout.toString() : '';
    expect(said).toBe(`${sshd.folder}\n<it's C>${odd.map((argument) => `<${argument}>`).join('')}`);
  });

  it('may fail in its own way', async () => {
    const ssh = connect(await sshd.trustingHome());
    const run = (argv: readonly string[], cwd?: string) => ssh.run(argv, { timeoutMs: 30_000, cwd });
    expect(await run(['sh', '-c', 'echo no >&2; exit 3'])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/^no$/m),
    });
    expect(await run(['sh', '-c', 'exit 255'])).toMatchObject({ kind: 'ended', exitCode: 254 });
    expect(await run(['no-such-program'])).toEqual({ kind: 'missing' });
    expect(await run(['/no/such/program'])).toEqual({ kind: 'missing' });
    expect(await run(['pwd'], '/no/such/folder')).toEqual({ kind: 'missing' });
  });

  it('tells its lines as they come, without what the login shell said before', async () => {
    const ssh = connect(await sshd.trustingHome());
    const seen: string[] = [];
    const script = 'echo one; read line; echo "$line"';
    await ssh.run(['sh', '-c', script], {
      timeoutMs: 30_000,
      input: Buffer.from('two\n'),
      onLine: (line) => seen.push(line),
    });
    expect(seen).toEqual(['one', 'two']);
  });

  it('is given up after its time', async () => {
    const ssh = connect(await sshd.trustingHome());
    expect(await ask(ssh)).toBe('here\n');
    expect(await ssh.run(['sleep', '100'], { timeoutMs: 200 })).toEqual({ kind: 'timed-out' });
    const cancel = AbortSignal.abort();
    expect(await ssh.run(['sleep', '100'], { timeoutMs: 200, signal: cancel })).toEqual({
      kind: 'cancelled',
    });
    expect(await ask(ssh)).toBe('here\n');
  });
});

describe('the connection', () => {
  it('is one for many commands, and ends with its owner', async () => {
    // Those of the tests before end in their own time.
    await vi.waitFor(() => expect(sshd.connections()).toEqual([]), { timeout: 15_000 });
    const home = await sshd.trustingHome();
    const ssh = connect(home);
    for (let count = 0; count < 3; count += 1) expect(await ask(ssh)).toBe('here\n');
    expect(sshd.connections()).toHaveLength(1);
    expect(processesOf(home)).toHaveLength(1);
    await ssh.dispose();
    // It was told to end, and does so in its own time.
    await vi.waitFor(() => expect(processesOf(home)).toEqual([]), { timeout: 10_000 });
    expect(readdirSync(join(home, 'ssh'))).toEqual(['known_hosts']);
    await ssh.dispose();
  });

  it('is one for each command where the home’s path is too long for a socket', async () => {
    const home = join(await sshd.trustingHome(), 'x'.repeat(100));
    await pinHostKey(home, sshd.hostKey());
    const ssh = connect(home);
    expect(await ask(ssh)).toBe('here\n');
    expect(processesOf(home)).toEqual([]);
  });

  it.each(['a b', '50%', "it's", '%h'])(
    'may have its socket and keys in a home called “%s”',
    async (name) => {
      const home = join(temporaryHome(), name);
      await pinHostKey(home, sshd.hostKey());
      const ssh = connect(home);
      expect(await ask(ssh)).toBe('here\n');
      expect(processesOf(home)).toHaveLength(1);
    },
  );
});

describe('a secret', () => {
  it('is never in an argument or a variable, here or there', async () => {
    const spied = await startSshd({ busybox: NAS_PROGRAMS, spy: true });
    onTestFinished(() => spied.dispose());
    const home = await spied.trustingHome();
    const dir = spied.makeFolder();
    const local: string[] = [];
    const run: RunCommand = (argv, options) => {
      local.push(JSON.stringify([argv, options.env]));
      return spied.run(argv, options);
    };
    const target = targetSchema.parse({ name: 'bot', dir, envFile: '.env', ssh: NAS, sessionJson: true });
    const machine = createRemoteMachine({ ...target, ssh: NAS }, { home, timer: systemTimer, run });
    onTestFinished(() => machine.dispose());
    const value = new Secret('test-canary-of-ssh');
    const cookie = {
      name: 'a',
      value,
      domain: 'd',
      path: '/',
      secure: true,
      httpOnly: true,
      expiresAt: 1_000,
    };

    expect(await machine.envFile.merge(new Map([['A', value]]))).toMatchObject({ written: true });
    expect(await machine.envFile.merge(new Map([['B', value]]))).toMatchObject({ written: true });
    await machine.sessionFile.write([cookie], 5_000);
    await machine.sessionFile.write([cookie, cookie], 6_000);
    expect(JSON.parse(readFileSync(join(dir, 'session.json'), 'utf8'))).toMatchObject({
      cookies: [{ value: 'test-canary-of-ssh', expiry: 1 }, {}],
      timestamp: 6,
    });
    expect(statSync(join(dir, 'session.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir).toSorted()).toEqual(['.env', '.env.bak', 'session.json']);

    const seen = [...local, ...spied.seen()];
    expect(seen.length).toBeGreaterThan(100);
    expect(seen.filter((line) => line.includes('canary'))).toEqual([]);
    expect(seen.some((line) => /^dd .*session.json.jeton-/.test(line))).toBe(true);
  });
});

/** Of all that runs now, what has `words` in its command line. */
function processesOf(words: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return /^\d+$/.test(pid) && line.includes(words) ? [line] : [];
    } catch {
      return [];
    }
  });
}
