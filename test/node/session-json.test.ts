import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import type { SessionCookie } from '../../src/core/ports.ts';
import { Secret } from '../../src/core/secret.ts';
import { systemTimer } from '../../src/node/clock.ts';
import { createSessionFile } from '../../src/node/session-json.ts';
import { temporaryHome } from '../support/temporary-home.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = realpathSync(temporaryHome());
  path = join(folder, 'session.json');
});

const cookie: SessionCookie = {
  name: 'access_token',
  value: new Secret('test-access-7'),
  domain: 'oneflex.example.test',
  path: '/',
  secure: true,
  httpOnly: false,
  expiresAt: 1_800_000_000_900,
};
const write = (cookies: readonly SessionCookie[], takenAt = 1_790_000_000_999) =>
  createSessionFile({ path, timer: systemTimer }).write(cookies, takenAt);

it('has the shape that the bot reads, in seconds', async () => {
  await write([cookie, { ...cookie, name: 'refresh_token', httpOnly: true, expiresAt: undefined }]);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    cookies: [
      {
        name: 'access_token',
        value: 'test-access-7',
        domain: 'oneflex.example.test',
        path: '/',
        secure: true,
        httpOnly: false,
        expiry: 1_800_000_000,
      },
      {
        name: 'refresh_token',
        value: 'test-access-7',
        domain: 'oneflex.example.test',
        path: '/',
        secure: true,
        httpOnly: true,
      },
    ],
    timestamp: 1_790_000_000,
  });
});

it('is its owner’s alone, whatever it was before, and leaves no copy', async () => {
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  await write([cookie]);
  expect(statSync(path).mode & 0o7777).toBe(0o600);

  const shared = join(folder, 'shared.json');
  writeFileSync(shared, '{}', { mode: 0o666 });
  path = join(folder, 'link.json');
  symlinkSync('shared.json', path);
  await write([cookie]);
  expect(statSync(shared).mode & 0o7777).toBe(0o600);
  expect(readdirSync(folder).toSorted()).toEqual(['link.json', 'session.json', 'shared.json']);
});

it('is not written where something else is', async () => {
  mkdirSync(path);
  await expect(write([cookie])).rejects.toMatchObject({
    code: 'env-file-unreadable',
    details: { path, reason: 'EISDIR' },
  });
  expect(readdirSync(folder)).toEqual(['session.json']);
});
