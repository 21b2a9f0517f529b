import { execFileSync } from 'node:child_process';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { JetonError } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/secret.ts';
import { databaseUrlFromEnvironment, parseDatabaseUrl } from '../../src/node/postgres/connection.ts';
import { formatExpiry, parseExpiry } from '../../src/node/postgres/expiry.ts';

function parse(url: string) {
  const { password, ...rest } = parseDatabaseUrl(new Secret(url));
  return { ...rest, password: password?.reveal() };
}

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('expected an error');
}

const plain = {
  host: 'localhost',
  port: 5432,
  database: 'app',
  user: undefined,
  password: undefined,
  tls: 'prefer',
  rootCertificate: undefined,
  clientCertificate: undefined,
  clientKey: undefined,
};

describe('a database URL', () => {
  test.each([
    ['postgresql:///app', plain],
    ['postgres://host/app', { ...plain, host: 'host' }],
    ['postgis://host/app', { ...plain, host: 'host' }],
    [' postgres://host:6432/app\n', { ...plain, host: 'host', port: 6432 }],
    ['postgres://[::1]/app', { ...plain, host: '::1' }],
    [
      'postgres://some%40one:p%40ss%2F%23@host/app%2Fone',
      { ...plain, host: 'host', user: 'some@one', password: 'p@ss/#', database: 'app/one' },
    ],
    ['postgres://user:p@ss@host/app', { ...plain, host: 'host', user: 'user', password: 'p@ss' }],
    [
      'postgres://user@/app?host=/run/postgresql',
      { ...plain, host: '/run/postgresql', user: 'user', tls: 'disable' },
    ],
    ['postgres://%2Frun%2Fpostgresql/app', { ...plain, host: '/run/postgresql', tls: 'disable' }],
    ['postgres://host/app?sslmode=disable', { ...plain, host: 'host', tls: 'disable' }],
    ['postgres://host/app?sslmode=no-verify', { ...plain, host: 'host', tls: 'require' }],
    ['postgres://host/app?ssl=true', { ...plain, host: 'host', tls: 'require' }],
    [
      'postgres://host/app?sslmode=verify-full&sslrootcert=/etc/ca.pem',
      { ...plain, host: 'host', tls: 'verify-full', rootCertificate: '/etc/ca.pem' },
    ],
    [
      'postgres://host/app?sslmode=require&sslrootcert=system',
      { ...plain, host: 'host', tls: 'verify-full' },
    ],
  ])('%s', (url, expected) => {
    expect(parse(url)).toEqual(expected);
  });

  test.each([
    ['mysql://user:test-password@host/app', 'scheme'],
    ['test-password', 'syntax'],
    ['postgres://user:test-password@host', 'database'],
    ['postgres://user:test-password@host/', 'database'],
    ['postgres://user:test-password@one,two/app', 'host'],
    ['postgres://user:test-password@one:1,two:2/app', 'syntax'],
    ['postgres://user:test-password@host:99999/app', 'syntax'],
    ['postgres://user:test-password@host/app?port=test-password', 'port'],
    ['postgres://user:test-password@host/app?sslmode=test-password', 'sslmode'],
    ['postgres://user:test%password@host/app', 'password'],
    // unencoded `#`, `/` and `?` in the password
    ['postgres://user:12#test-password@host/app', 'password'],
    ['postgres://user:test-password#34@host/app', 'syntax'],
    ['postgres://user:12/test-password@host/app', 'database'],
    ['postgres://user:12?test-password@host/app', 'database'],
  ])('%s is refused for its %s, without quoting it', (url, part) => {
    const error = errorOf(() => parse(url));

    expect(error).toBeInstanceOf(JetonError);
    expect(error).toMatchObject({ code: 'database-url-invalid', details: { part } });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/test.password/);
  });
});

describe('the environment', () => {
  function parseEnvironment(env: Record<string, string>) {
    return parse(databaseUrlFromEnvironment(env)?.reveal() ?? '');
  }

  test('may say nothing', () => {
    expect(databaseUrlFromEnvironment({ DATABASE_URL: ' ', DB_NAME: '' })).toBeUndefined();
  });

  test('may hold a URL, which wins', () => {
    expect(parseEnvironment({ DATABASE_URL: 'postgres://host/app', DB_NAME: 'other' })).toMatchObject({
      host: 'host',
      database: 'app',
    });
  });

  test('may hold the parts, with defaults', () => {
    expect(parseEnvironment({ DB_NAME: 'app' })).toEqual(plain);
  });

  test('may hold any character in any part', () => {
    const odd = `a b/?#[]@!$&'()*+,;=:%25"<>\\^{}|é%`;

    expect(
      parseEnvironment({
        DB_NAME: odd,
        DB_USER: odd,
        DB_PASSWORD: odd,
        DB_HOST: '10.0.0.1',
        DB_PORT: '6432',
      }),
    ).toEqual({ ...plain, host: '10.0.0.1', port: 6432, database: odd, user: odd, password: odd });
  });

  test('may name the folder of a socket', () => {
    expect(parseEnvironment({ DB_NAME: 'app', DB_HOST: '/run/postgresql' })).toMatchObject({
      host: '/run/postgresql',
      tls: 'disable',
    });
  });

  test.each([
    [{ DB_USER: 'user', DB_PASSWORD: 'test-password' }, 'DB_NAME'],
    [{ DB_NAME: 'app', DB_PORT: 'test-password' }, 'DB_PORT'],
  ])('is refused for what is wrong in %j', (env, part) => {
    expect(errorOf(() => databaseUrlFromEnvironment(env))).toMatchObject({
      code: 'database-url-invalid',
      details: { part },
    });
  });
});

describe('an expiry', () => {
  test.each([
    ['2026-01-15T10:30:00Z', Date.UTC(2026, 0, 15, 10, 30)],
    ['2026-01-15T10:30:00.5+00:00', Date.UTC(2026, 0, 15, 10, 30, 0, 500)],
    ['2026-01-15T10:30:00.123456789+02:00', Date.UTC(2026, 0, 15, 8, 30, 0, 123)],
    ['2026-01-15 10:30:00-0330', Date.UTC(2026, 0, 15, 14, 0)],
    ['2026-01-15T10:30+05', Date.UTC(2026, 0, 15, 5, 30)],
    ['2026-01-15T10:30:00', new Date(2026, 0, 15, 10, 30).getTime()],
    ['2026-07-15T10:30:00.123456', new Date(2026, 6, 15, 10, 30, 0, 123).getTime()],
    ['2026-13-15T10:30:00', undefined],
    ['2026-01-15', undefined],
    ['1768473000', undefined],
    ['soon', undefined],
  ])('%s', (text, expected) => {
    expect(parseExpiry(text)).toBe(expected);
  });

  test.each([
    ['Europe/Paris', '2026-01-15T11:30:00.007+01:00', '2026-07-15T12:30:00.007+02:00'],
    ['America/St_Johns', '2026-01-15T07:00:00.007-03:30', '2026-07-15T08:00:00.007-02:30'],
    ['UTC', '2026-01-15T10:30:00.007+00:00', '2026-07-15T10:30:00.007+00:00'],
  ])('is written as local time with its offset in %s', (zone, winter, summer) => {
    const moments = [Date.UTC(2026, 0, 15, 10, 30, 0, 7), Date.UTC(2026, 6, 15, 10, 30, 0, 7)];
    const written: unknown = JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-'], {
        cwd: new URL('../..', import.meta.url),
        env: { ...process.env, TZ: zone },
        input: `import { formatExpiry } from './src/node/postgres/expiry.ts';
                console.log(JSON.stringify(${JSON.stringify(moments)}.map(formatExpiry)))`,
        encoding: 'utf8',
      }),
    );

    expect(written).toEqual([winter, summer]);
    expect([winter, summer].map(parseExpiry)).toEqual(moments);
  });

  test('is read as it was written', () => {
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 123_456_789) {
      expect(parseExpiry(formatExpiry(at))).toBe(at);
    }
  });
});
