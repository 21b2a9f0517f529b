import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrub } from '../../src/core/scrub.ts';

const letters = (alphabet: string, minLength: number, maxLength = 80) =>
  fc.string({ unit: fc.constantFrom(...alphabet.split('')), minLength, maxLength });

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const body = letters(ALPHANUMERIC, 12);
const anyText = fc.string({ unit: 'binary', maxLength: 40 });

/** Around a secret whose own shape gives it away: anything. */
const slackToken = fc
  .tuple(
    fc.constantFrom(
      'xoxe.xoxb-1-',
      'xoxe.xoxp-1-',
      'xoxe-1-',
      'xoxb-',
      'xoxp-',
      'xoxa-2-',
      'xoxs-',
      'xapp-1-',
    ),
    body,
  )
  .map(([prefix, secret]) => ({ text: prefix + secret, secret }));

const jwt = fc.tuple(body, body, body).map(([head, payload, signature]) => ({
  text: `eyJ${head}.${payload}.${signature}`,
  secret: payload,
}));

/** Around a secret that only its name or its place gives away: that name or place, in every notation. */
const nasty = letters(`${ALPHANUMERIC}!$%*+,-./:;<=>?@[]^_{|}~"'\\`, 6, 30);
const secretName = fc.constantFrom(
  'refresh_token',
  'access_token',
  'clientSecret',
  'client_secret',
  'password',
  'DB_PASSWORD',
  'passphrase',
  'api-key',
);
const json = fc.tuple(secretName, nasty, fc.integer({ min: 0, max: 3 })).map(([name, secret, depth]) => {
  let text = JSON.stringify({ before: 1, [name]: secret, after: 'kept' });
  for (let level = 0; level < depth; level++) text = JSON.stringify({ text });
  return { text, secret };
});
const form = fc.tuple(secretName, nasty).map(([name, secret]) => ({
  text: `a=1&${name}=${encodeURIComponent(secret)}&b=2`,
  secret: encodeURIComponent(secret),
}));
const connection = fc
  .tuple(secretName, letters(`${ALPHANUMERIC}!*+-./:;<>?@[]^_{|}~`, 6))
  .map(([name, secret]) => ({ text: `host=db ${name}=${secret} port=5432`, secret }));
const userInfo = fc
  .tuple(
    fc.constantFrom('postgres', 'postgresql', 'https', 'redis'),
    letters(`${ALPHANUMERIC}!$*+-./:;@_~`, 8),
  )
  .filter(([, secret]) => !/^\d{1,5}\//.test(secret))
  .map(([scheme, secret]) => ({ text: `${scheme}://user:${secret}@host.example:5432/name`, secret }));
const query = letters(`${ALPHANUMERIC}%&=+-_.~`, 8).map((secret) => ({
  text: `GET https://host.example/path?${secret} 200`,
  secret,
}));
const header = fc
  .tuple(
    fc.constantFrom('Authorization: Bearer ', 'authorization: Basic ', 'Cookie: d=', 'Bearer ', 'Basic '),
    letters(ALPHANUMERIC, 20),
  )
  .map(([name, secret]) => ({ text: `${name}${secret}`, secret }));
const webhook = fc
  .tuple(
    fc.constantFrom(
      'https://hooks.slack.com/services/T0/B0/',
      'https://discord.com/api/webhooks/1/',
      'https://discordapp.com/api/v10/webhooks/1/',
    ),
    body,
  )
  .map(([url, secret]) => ({ text: url + secret, secret }));
const namedRun = fc
  .tuple(
    fc.constantFrom('client secret ', 'refresh_token is ', 'master key: ', 'token <'),
    letters('0123456789abcdef', 32),
  )
  .map(([name, secret]) => ({ text: name + secret, secret }));

/** Long enough pieces of a secret are secrets: a mask may not stop half-way. */
function leaks(output: string, secret: string): boolean {
  return output.includes(secret) || output.includes(secret.slice(-6));
}

describe('scrub', () => {
  it.each([
    ['a Slack token', slackToken],
    ['a JWT', jwt],
  ])('hides %s in any text', (_, secrets) => {
    fc.assert(
      fc.property(anyText, secrets, anyText, (before, { text, secret }, after) => {
        const output = scrub(`${before}${text}${after}`);
        fc.pre(!leaks(before, secret) && !leaks(after, secret));
        expect(leaks(output, secret)).toBe(false);
      }),
    );
  });

  it.each([
    ['a named value in JSON', json],
    ['a named value in form text', form],
    ['a named value in a connection string', connection],
    ['user information in a URL', userInfo],
    ['the query of a URL', query],
    ['a header', header],
    ['a webhook', webhook],
    ['a long run after a name', namedRun],
  ])('hides %s', (_, secrets) => {
    fc.assert(
      fc.property(
        letters(' abc:,', 0, 10),
        secrets,
        letters(' abc,)', 0, 10),
        (before, { text, secret }, after) => {
          expect(leaks(scrub(`${before}${text} ${after}`), secret)).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    '2026-01-31T08:00:00.000Z info  renewed id=app:12 chain=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 durationMs=120',
    '2026-01-31T08:00:00.000Z error run-failed code=token_revoked class=chain-dead missing=refresh_token,client_id',
    'GET https://slack.com/api/oauth.v2.access 200',
    'proxy http://localhost:8080/@scope/package',
    'see https://docs.slack.dev/authentication/using-token-rotation#errors',
    'Basic authentication is recommended; a Bearer token is not',
    'password authentication failed for user "jeton"',
    'Unexpected token < in JSON at position 0',
    'tokenKind=rotating tokens kept, secrets stored, cookies flushed',
    'mail to admin@example.org at 08:00, ratio 3:4, eye.glasses',
    'the prefixes are xoxb- and xoxp-',
    '',
  ])('leaves %j as it is', (text) => {
    expect(scrub(text)).toBe(text);
  });

  it('leaves what is beside a secret', () => {
    expect(scrub('{"ok":true,"refresh_token":"xoxe-1-test-refresh-7","team":"T1"}')).toBe(
      '{"ok":true,"refresh_token":"[secret]","team":"T1"}',
    );
    expect(scrub('postgres://user:p@ss@db.example:5432/app?sslmode=require')).toBe(
      'postgres://[secret]@db.example:5432/app?[secret]',
    );
    expect(scrub('sent xoxe-1-test-refresh-7, got 200')).toBe('sent [secret], got 200');
  });

  it('finds nothing more in its own result', () => {
    fc.assert(
      fc.property(
        fc.oneof(slackToken, jwt, json, form, connection, userInfo, query, header, webhook),
        ({ text }) => {
          const once = scrub(text);
          expect(scrub(once)).toBe(once);
        },
      ),
    );
  });

  it('stays quick on a text made to slow it down', () => {
    const unit = ['ey', 'a://b:', 'token=', 'xox', '\\"', 'secret: '].join('');
    const time = (text: string) => {
      const began = performance.now();
      scrub(text);
      return performance.now() - began;
    };
    time(unit.repeat(500));
    expect(time(unit.repeat(4_000))).toBeLessThan(2_000);
  });
});
