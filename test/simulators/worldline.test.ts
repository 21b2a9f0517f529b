import { expect, it, onTestFinished } from 'vitest';
import { createOneflexApi, type OneflexApi } from '../../src/core/oneflex/api.ts';
import { expiryOfJwt } from '../../src/core/oneflex/jwt.ts';
import { Secret } from '../../src/core/secret.ts';
import { createHttp } from '../../src/node/http.ts';
import { startWorldlineSimulator, type WorldlineOptions, type WorldlineSimulator } from './worldline.ts';

// What a browser sees of it is tried in test/node/installed-browser.test.ts.

interface World {
  readonly worldline: WorldlineSimulator;
  readonly api: OneflexApi;
}

async function setUp(options: WorldlineOptions = {}): Promise<World> {
  const worldline = await startWorldlineSimulator({ host: 'localhost', ...options });
  onTestFinished(() => worldline.stop());
  const http = createHttp({ version: '1.2.3', env: {} });
  onTestFinished(() => http.dispose());
  return { worldline, api: createOneflexApi({ http, clock: { now: Date.now } }, worldline.url) };
}

it('tells whose an access token is, to Jeton’s own client', async () => {
  const { worldline, api } = await setUp();
  const { id, email, fullName } = worldline.employee;
  const { accessToken } = worldline.issue(worldline.employee);
  expect(await api.me(new Secret(accessToken))).toEqual({
    kind: 'account',
    account: { id, email, fullName },
    clockLeadMs: 0,
  });
  expect(worldline.ledger).toMatchObject([{ number: 1, event: 'account-told', email }]);
});

it('refuses tokens that are too old, called in, or not its own', async () => {
  const clock = { now: Date.now() };
  const { worldline, api } = await setUp({ now: () => clock.now, accessTokenSeconds: 60 });
  const { accessToken } = worldline.issue(worldline.employee);
  const me = (token: string) => api.me(new Secret(token));
  expect(expiryOfJwt(accessToken)).toBeGreaterThan(clock.now + 58_000);
  clock.now += 61_000;
  expect(await me(accessToken)).toEqual({ kind: 'expired' });

  const another = worldline.issue(worldline.employee).accessToken;
  expect(await me(another)).toMatchObject({ kind: 'account' });
  worldline.expireTokens('access');
  expect(await me(another)).toEqual({ kind: 'expired' });
  const [header, payload] = worldline.issue(worldline.employee).accessToken.split('.');
  expect(await me(`${header}.${payload}.another-signature`)).toEqual({ kind: 'expired' });
  expect(worldline.count('account-refused')).toBe(3);
});

it('renews with one refresh token as often as asked', async () => {
  const { worldline, api } = await setUp();
  const refreshToken = new Secret(worldline.issue(worldline.colleague).refreshToken);
  for (const time of [1, 2]) {
    const renewed = await api.renew(refreshToken);
    if (renewed.kind !== 'granted') throw new Error(renewed.code);
    expect(renewed.grant.refreshToken).toBeUndefined();
    expect(worldline.ownerOf(renewed.grant.accessToken.reveal())).toBe(worldline.colleague);
    expect(worldline.count('renewed')).toBe(time);
  }
});

it('gives each refresh token a successor, when so configured', async () => {
  const { worldline, api } = await setUp({ tokenEndpoint: 'both-tokens' });
  const first = new Secret(worldline.issue(worldline.employee).refreshToken);
  const renewed = await api.renew(first);
  if (renewed.kind !== 'granted') throw new Error(renewed.code);
  expect(await api.renew(first)).toEqual({ kind: 'refused', code: 'http-401' });
  expect(await api.renew(renewed.grant.refreshToken ?? first)).toMatchObject({ kind: 'granted' });
});

it('has no token endpoint when it is off, is down when it is down, and forgets refresh tokens', async () => {
  const { worldline, api } = await setUp({ tokenEndpoint: 'off' });
  const refreshToken = new Secret(worldline.issue(worldline.employee).refreshToken);
  expect(await api.renew(refreshToken)).toEqual({ kind: 'refused', code: 'http-404' });
  worldline.configure({ down: true });
  expect(await api.renew(refreshToken)).toMatchObject({ kind: 'unavailable', code: 'http-503' });
  worldline.configure({ down: false, tokenEndpoint: 'access-token' });
  expect(await api.renew(refreshToken)).toMatchObject({ kind: 'granted' });
  worldline.expireTokens('refresh');
  expect(await api.renew(refreshToken)).toEqual({ kind: 'refused', code: 'http-401' });
});

it('takes its time', async () => {
  const { worldline, api } = await setUp({ latencyMs: 100 });
  const startedAt = performance.now();
  await api.renew(new Secret(worldline.issue(worldline.employee).refreshToken));
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95);
});

it('tells when something has happened, past or to come, and keeps secrets out of its ledger', async () => {
  const { worldline, api } = await setUp();
  const first = worldline.issue(worldline.employee);
  const told = worldline.waitFor('account-told');
  await api.me(new Secret(first.accessToken));
  const entry = await told;
  expect(await worldline.waitFor('account-told')).toBe(entry);
  const next = worldline.waitFor('account-told', entry.number);
  await api.me(new Secret(first.accessToken));
  expect((await next).number).toBe(2);

  const secrets = worldline.secrets();
  expect(secrets).toEqual(expect.arrayContaining([first.accessToken, first.refreshToken]));
  expect(secrets).toEqual(expect.arrayContaining([worldline.employee.password, worldline.employee.code]));
  for (const secret of secrets) expect(JSON.stringify(worldline.ledger)).not.toContain(secret);
});
