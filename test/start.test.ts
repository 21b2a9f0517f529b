/** npm start: where Electron comes from, and what a person reads who has none. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { type FindOptions, findElectron } from '../scripts/electron/find-electron.ts';
import { chooseWords, explain } from '../scripts/electron/words.ts';
import { freePort } from './support/free-port.ts';
import { temporaryHome } from './support/temporary-home.ts';
import { zipOf } from './support/zip.ts';

const root = join(import.meta.dirname, '..');
const electron = dirname(fileURLToPath(import.meta.resolve('electron/package.json')));
const { version }: { version: string } = JSON.parse(readFileSync(join(electron, 'package.json'), 'utf8'));

describe('the script', () => {
  function start(env: NodeJS.ProcessEnv, ...args: string[]) {
    const child = spawn(process.execPath, [join(root, 'scripts/start.ts'), ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close');
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    return { child, ended, stderr: () => stderr };
  }

  /** A folder with a program of Electron's name. */
  function electronThat(does: string): string {
    const folder = temporaryHome();
    const program = join(folder, 'electron');
    writeFileSync(program, `#!${process.execPath}\n${does}\n`, { mode: 0o755 });
    return folder;
  }

  test('runs the application on the Electron that there is, and ends as it does', async () => {
    const folder = electronThat('console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;');
    const { child, ended } = start({ ELECTRON_OVERRIDE_DIST_PATH: folder }, '--hidden');
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    await ended;
    expect(JSON.parse(said)).toEqual([root, '--hidden']);
    expect(child.exitCode).toBe(7);
  });

  test('leaves it to the application how to end when it is told to', async () => {
    const folder = electronThat(
      "process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000); console.log('ready');",
    );
    const { child, ended } = start({ ELECTRON_OVERRIDE_DIST_PATH: folder });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    await ended;
    expect(child.exitCode).toBe(9);
  });

  test.each([
    { LANG: 'en_GB.UTF-8', reason: 'is not in that folder', way: 'Ways out' },
    { LANG: 'fr_FR.UTF-8', reason: 'n’est pas dans ce dossier', way: 'Pour en sortir' },
  ])('says in one paragraph ($LANG) why not, and what to do', async ({ LANG, reason, way }) => {
    const folder = temporaryHome();
    const { child, ended, stderr } = start({ ELECTRON_OVERRIDE_DIST_PATH: folder, LANG, LC_ALL: LANG });
    await ended;
    expect(child.exitCode).toBe(69);
    expect(stderr().trim().split('\n')).toHaveLength(1);
    for (const part of [
      folder,
      reason,
      way,
      'ELECTRON_MIRROR',
      'electron_config_cache',
      'npm run -s jeton --',
      'npm run preview',
    ])
      expect(stderr()).toContain(part);
  });
});

describe('without an unpacked Electron', () => {
  /** The package `electron` as npm leaves it, which knows the checksum of `zip`. */
  function freshPackage(zip: Buffer): string {
    const modules = join(temporaryHome(), 'node_modules');
    const folder = join(modules, 'electron');
    mkdirSync(folder, { recursive: true });
    for (const name of ['package.json', 'install.js']) {
      copyFileSync(join(electron, name), join(folder, name));
    }
    for (const scope of ['@electron', '@electron-internal']) {
      symlinkSync(join(root, 'node_modules', scope), join(modules, scope));
    }
    const checksum = createHash('sha256').update(zip).digest('hex');
    writeFileSync(join(folder, 'checksums.json'), JSON.stringify({ [zipName()]: checksum }));
    return folder;
  }

  function zipName(): string {
    return `electron-v${version}-${process.platform}-${process.arch}.zip`;
  }

  async function mirror(answer: RequestListener): Promise<string> {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = z.object({ port: z.number() }).parse(server.address());
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `127.0.0.1:${port}`;
  }

  /** Where nobody listens. */
  async function nowhere(): Promise<string> {
    return `127.0.0.1:${await freePort()}`;
  }

  function find(host: string, options: Partial<FindOptions> = {}) {
    for (const name of ['ELECTRON_OVERRIDE_DIST_PATH', 'npm_config_electron_mirror']) vi.stubEnv(name, '');
    vi.stubEnv('ELECTRON_MIRROR', `http://${host}/`);
    vi.stubEnv('electron_config_cache', options.electronPackage ?? temporaryHome());
    onTestFinished(() => void vi.unstubAllEnvs());
    return findElectron({
      electronPackage: freshPackage(Buffer.from('a zip')),
      patienceSeconds: 10,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      ...options,
    });
  }

  test('it is downloaded, unpacked, and there the next time without a network', async () => {
    const zip = zipOf({
      electron: Buffer.from('#!/bin/sh\necho Electron\n'),
      version: Buffer.from(version),
    });
    const electronPackage = freshPackage(zip);
    const asked: string[] = [];
    const parts: number[] = [];
    const host = await mirror(({ url = '' }, response) => {
      asked.push(url);
      response.end(zip);
    });
    const onProgress = (part: number): void => void parts.push(part);
    const found = await find(host, { electronPackage, onProgress });

    const program = join(electronPackage, 'dist', 'electron');
    expect(found).toEqual({ kind: 'found', program });
    expect(readFileSync(program, 'utf8')).toContain('echo Electron');
    expect(asked).toEqual([`/v${version}/${zipName()}`]);
    expect(parts.at(-1)).toBe(1);
    expect(await find(await nowhere(), { electronPackage })).toEqual(found);
  });

  test('a network that does not reach it is told from one that does not have it', async () => {
    const closed = await nowhere();
    expect(await find(closed)).toEqual({ kind: 'unreachable', host: closed, code: 'ECONNREFUSED' });
    const host = await mirror((_, response) => response.writeHead(404).end());
    expect(await find(host)).toEqual({ kind: 'refused', host, status: 404 });
  });

  test.each([
    ['nothing', () => undefined],
    ['a beginning', (response) => response.write('PK')],
  ] satisfies [string, (response: Parameters<RequestListener>[1]) => unknown][])(
    'a mirror that sends %s and no more is not waited for',
    async (_, send) => {
      const host = await mirror((_request, response) => void send(response));
      const patienceSeconds = 0.2;
      expect(await find(host, { patienceSeconds })).toEqual({
        kind: 'stalled',
        host,
        seconds: patienceSeconds,
      });
    },
  );

  test('another file than was promised is not run', async () => {
    const host = await mirror((_, response) => response.end('not what was promised'));
    expect(await find(host)).toMatchObject({ kind: 'unusable' });
  });

  test('it can be called off', async () => {
    const cancel = new AbortController();
    const host = await mirror((_, response) => {
      response.write('PK');
      cancel.abort();
    });
    expect(await find(host, { signal: cancel.signal })).toEqual({ kind: 'cancelled' });
  });

  test.each(['en', 'fr'])('each reason has words (%s)', (language) => {
    const words = chooseWords({ LANG: language });
    expect(words.language).toBe(language);
    const host = 'mirror.example';
    const reasons = [
      explain(words, { kind: 'unreachable', host, code: 'ENOTFOUND' }),
      explain(words, { kind: 'refused', host, status: 404 }),
      explain(words, { kind: 'stalled', host, seconds: 20 }),
      explain(words, { kind: 'unusable', reason: 'no room' }),
    ];
    for (const text of reasons) expect(text).not.toMatch(/[{}]|'|\?/);
    expect(new Set(reasons).size).toBe(reasons.length);
  });
});
