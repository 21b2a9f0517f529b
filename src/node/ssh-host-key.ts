/** Which machines' host keys a person has accepted for Jeton: a known_hosts file of its own, in the home. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryBeside } from './replace-file.ts';

export interface HostKey {
  /** As known_hosts names the machine: `nas.local`, `[nas.local]:2222`, or an alias of ssh_config. */
  readonly name: string;
  /** E.g. `ssh-ed25519`. */
  readonly type: string;
  /** In base64. */
  readonly key: string;
  /** What people compare: `SHA256:…`, as ssh and `ssh-keygen -l` show it. */
  readonly fingerprint: string;
}

/** For its owner only; made where it is not there. */
export async function sshFolder(home: string): Promise<string> {
  const folder = join(home, 'ssh');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

export function knownHostsFile(folder: string): string {
  return join(folder, 'known_hosts');
}

/** Accepts `key` for its machine, in the place of whatever was accepted for it before; a person has seen it. */
export async function pinHostKey(home: string, { name, type, key }: HostKey): Promise<void> {
  const file = knownHostsFile(await sshFolder(home));
  const others = (await readLines(file)).filter((line) => parseHostKey(line)?.name !== name);
  const temporary = temporaryBeside(file);
  try {
    await writeFile(temporary, [...others, `${name} ${type} ${key}`, ''].join('\n'), { mode: 0o600 });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The key that Jeton knows a machine by, whatever its type; `undefined` where nobody accepted one. */
export async function pinnedHostKey(folder: string, name: string): Promise<HostKey | undefined> {
  return (await readHostKeys(knownHostsFile(folder))).find((known) => known.name === name);
}

export async function readHostKeys(file: string): Promise<readonly HostKey[]> {
  return (await readLines(file)).flatMap((line) => parseHostKey(line) ?? []);
}

/** The key in one line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export function parseHostKey(line: string): HostKey | undefined {
  const [name, type, key] = line.replace(/^@\S+\s+/, '').split(/\s+/);
  if (name === undefined || name.startsWith('#') || type === undefined || key === undefined) return undefined;
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64');
  return { name, type, key, fingerprint: `SHA256:${digest.replace(/=+$/, '')}` };
}

/** None of a file that is not there. */
async function readLines(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split(/\r?\n/).filter((line) => line !== '');
}
