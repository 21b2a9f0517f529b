import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { settingsSchema } from '../../src/core/settings.ts';
import { isOwnAddress } from '../../src/main/origin.ts';
import { hostNameOf, SignInHosts } from '../../src/main/sign-in-hosts.ts';

const hosts = new SignInHosts(
  'https://oneflex.myworldline.com',
  ' adfs.example.com , *.okta.test,vpn.example.com:8443,',
);

describe('a sign-in may cross', () => {
  test.each([
    'https://oneflex.myworldline.com/',
    'https://oneflex.myworldline.com/auth/callback?code=1#x',
    'https://ONEFLEX.myworldline.com/',
    'https://oneflex.myworldline.com:443/',
    'https://sso.worldline.com/login',
    'https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=1',
    'https://device.login.microsoftonline.com/',
    'https://certauth.login.microsoftonline.com/x/certauth',
    'https://login.live.com/',
    'https://login.microsoft.com/fido/get',
    'https://mysignins.microsoft.com/register',
    'https://adfs.example.com/adfs/ls/?wa=wsignin1.0',
    'https://company.okta.test/app',
    'https://vpn.example.com:8443/',
    'about:blank',
  ])('%s', (address) => {
    expect(hosts.allows(address, 'window')).toBe(true);
    expect(hosts.allows(address, 'frame')).toBe(true);
  });
});

describe('the sign-in window does not go to', () => {
  test.each([
    // without TLS, or on another port
    'http://oneflex.myworldline.com/',
    'http://login.microsoftonline.com/',
    'http://localhost:8080/',
    'http://127.0.0.1/',
    'https://oneflex.myworldline.com:8443/',
    'https://adfs.example.com:8443/',
    'https://vpn.example.com/',
    // names that look like the right ones
    'https://oneflex.myworldline.com.evil.test/',
    'https://login-microsoftonline.com/',
    'https://login.microsoftonline.com.evil.test/',
    'https://evillogin.microsoftonline.com/',
    'https://microsoftonline.com/',
    'https://evilworldline.com/',
    'https://worldline.com.evil.test/',
    'https://okta.test/',
    'https://evilokta.test/',
    'https://sub.adfs.example.com/',
    // the same name in another spelling, which browsers keep apart
    'https://oneflex.myworldline.com./',
    'https://login.microsoftonline.com./',
    // a Cyrillic о and е
    'https://lоgin.microsoftonline.com/',
    'https://oneflex.myworldlinе.com/',
    // what comes before an @ is no host
    'https://login.microsoftonline.com@evil.test/',
    'https://login.microsoftonline.com%2f@evil.test/',
    'https://login.microsoftonline.com:443@evil.test/',
    'https://evil.test/https://login.microsoftonline.com/',
    'https://evil.test?login.microsoftonline.com',
    'https://evil.test#login.microsoftonline.com',
    'https://evil.test\\login.microsoftonline.com',
    'https://login.microsoftonline.com@evil.test\\@login.microsoftonline.com/',
    'https://somebody@login.microsoftonline.com/',
    'https://:secret@login.microsoftonline.com/',
    // what is no page of a host
    'javascript:alert(1)',
    'JavaScript://login.microsoftonline.com/%0aalert(1)',
    'data:text/html,<h1>login.microsoftonline.com</h1>',
    'blob:https://login.microsoftonline.com/6a1e',
    'filesystem:https://login.microsoftonline.com/temporary/x',
    'file:///etc/passwd',
    'file://login.microsoftonline.com/share',
    'view-source:https://login.microsoftonline.com/',
    'app://jeton/index.html',
    'chrome://settings',
    'devtools://devtools/bundled/inspector.html',
    'ms-settings:',
    'msauth://login.microsoftonline.com/',
    'mailto:somebody@worldline.com',
    'ftp://sso.worldline.com/',
    'ws://oneflex.myworldline.com/',
    'about:srcdoc',
    'about:config',
    'about:blank#https://login.microsoftonline.com',
    'https://',
    'https:///login.microsoftonline.com.evil.test',
    '//login.microsoftonline.com/',
    'login.microsoftonline.com',
    '',
  ])('%s', (address) => {
    expect(hosts.allows(address, 'window')).toBe(false);
  });

  test('a frame may be empty, and no more', () => {
    expect(hosts.allows('about:srcdoc', 'frame')).toBe(true);
    expect(hosts.allows('data:text/html,x', 'frame')).toBe(false);
    expect(hosts.allows('https://evil.test/', 'frame')).toBe(false);
  });

  test('whatever chance makes of the names it knows', () => {
    const part = fc.constantFrom(
      'login',
      'microsoftonline',
      'com',
      '.',
      '@',
      ':',
      '/',
      '\\',
      'evil',
      'test',
      '%2e',
      '-',
      '?',
      '#',
      '443',
    );
    const allowed = /^(?:[\w-]+\.)*(?:login\.microsoftonline\.com|login\.microsoft\.com|worldline\.com)$/;
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        const address = `https://${parts.join('')}`;
        if (!hosts.allows(address, 'window')) return;
        expect(URL.parse(address)?.hostname).toMatch(allowed);
        expect(URL.parse(address)?.port).toBe('');
      }),
      { numRuns: 2_000 },
    );
  });
});

test('OneFlex on this machine may be without TLS, and nothing else may', () => {
  const local = new SignInHosts(
    'http://oneflex.localhost:4000',
    'login.localhost:4000, login.example.com:80',
  );
  expect(local.allows('http://oneflex.localhost:4000/x', 'window')).toBe(true);
  expect(local.allows('http://login.localhost:4000/x', 'window')).toBe(true);
  expect(local.allows('http://login.localhost:4001/x', 'window')).toBe(false);
  expect(local.allows('http://evil.localhost:4000/', 'window')).toBe(false);
  expect(local.allows('http://login.microsoftonline.com/', 'window')).toBe(false);
  expect(local.allows('http://login.example.com/', 'window')).toBe(false);
});

test('an entry of the setting is a host: no pattern of it opens everything', () => {
  for (const added of ['*', '*.', '.', '', ',,', '*.*', 'https://evil.test', 'evil.test/']) {
    expect(
      new SignInHosts('https://oneflex.myworldline.com', added).allows('https://evil.test/', 'window'),
    ).toBe(false);
  }
});

test.each([
  ['https://login.microsoftonline.com@evil.test/x', 'evil.test'],
  ['https://lоgin.microsoftonline.com/', 'xn--lgin-55d.microsoftonline.com'],
  ['http://oneflex.localhost:4000/', 'oneflex.localhost:4000'],
  ['javascript:alert(1)', 'javascript:'],
  ['msauth://login.microsoftonline.com/', 'msauth:'],
  ['not an address', '?'],
])('%s is named %s', (address, name) => {
  expect(hostNameOf(address)).toBe(name);
});

describe('the main window’s page', () => {
  test('is at its own address', () => {
    expect(isOwnAddress('app://jeton/index.html')).toBe(true);
    expect(isOwnAddress('app://jeton/')).toBe(true);
  });

  test.each([
    'app://jeton',
    'app://jeton.evil.test/',
    'app://evil@jeton/',
    'app://jeton:80/',
    'app://JETON/',
    'APP://jeton/',
    'app:jeton/index.html',
    'app:///jeton/',
    'apps://jeton/',
    'https://jeton/',
    'file:///app/jeton/',
    'javascript:app://jeton/',
    ' app://jeton/',
    'app://jeton%00/',
    'blob:app://jeton/6a1e',
    '',
  ])('is not at %s', (address) => {
    expect(isOwnAddress(address)).toBe(false);
  });
});

describe('the setting oneflex.signInHosts', () => {
  const accepts = (signInHosts: string): boolean =>
    settingsSchema.safeParse({ oneflex: { signInHosts } }).success;

  test.each(['', 'adfs.example.com', ' adfs.example.com , *.okta.test.example,', 'sso.localhost:4000'])(
    'takes “%s”',
    (value) => expect(accepts(value)).toBe(true),
  );

  test.each([
    '*',
    '*.com',
    '*.*.example.com',
    'https://adfs.example.com',
    'adfs.example.com/adfs',
    'a b',
    'a@b.test',
    'a..b',
  ])('does not take “%s”', (value) => expect(accepts(value)).toBe(false));
});
