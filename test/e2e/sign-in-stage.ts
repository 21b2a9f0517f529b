/** The application beside a simulated OneFlex, with hosts on the way that are let through and wish ill. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startWorldlineSimulator, type WorldlineSimulator } from '../simulators/worldline.ts';
import { type HostileWeb, startHostileWeb } from '../support/hostile-web.ts';
import { TEST_KEY } from '../support/open-stores.ts';

export interface SignInStage {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly worldline: WorldlineSimulator;
  readonly web: HostileWeb;
  /** The same, with a certificate that nobody trusts. */
  readonly secureWeb: HostileWeb;
  /** A folder for whatever a page might want to leave on this machine. */
  readonly userFolder: string;
  dispose(): Promise<void>;
}

/** Of the hostile hosts, those that the sign-in window lets through. */
const LET_THROUGH = ['trap', 'accomplice'] as const;

export async function prepareSignInStage(): Promise<SignInStage> {
  const folder = mkdtempSync(join(tmpdir(), 'jeton-e2e-'));
  const home = join(folder, 'home');
  const userFolder = join(folder, 'user');
  for (const each of [home, userFolder]) mkdirSync(each, { mode: 0o700 });
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, `${TEST_KEY}\n`, { mode: 0o600 });
  const [worldline, web, secureWeb] = await Promise.all([
    // A name that Node resolves as well.
    startWorldlineSimulator({ host: 'localhost', tokenEndpoint: 'off' }),
    startHostileWeb(),
    startHostileWeb({ secure: true }),
  ]);
  const { identityProvider, lookAlike, subdomain } = worldline.hosts;
  const { port } = new URL(worldline.url);
  const signInHosts = [
    ...[identityProvider, 'sso.localhost', lookAlike, subdomain].map((host) => `${host}:${port}`),
    ...LET_THROUGH.map((name) => `${name}.localhost:${web.port}`),
    `trap.localhost:${secureWeb.port}`,
  ].join(', ');
  writeFileSync(join(home, 'settings.json'), JSON.stringify({ language: 'en', oneflex: { signInHosts } }));
  return {
    home,
    userFolder,
    env: {
      JETON_MASTER_KEY_FILE: keyFile,
      JETON_ONEFLEX_URL: worldline.url,
      // Where a browser would put what a page makes it download.
      HOME: userFolder,
      XDG_DOWNLOAD_DIR: userFolder,
      XDG_CONFIG_HOME: join(userFolder, '.config'),
    },
    worldline,
    web,
    secureWeb,
    async dispose() {
      await Promise.all([worldline.stop(), web.stop(), secureWeb.stop()]);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** As the person does it, on the pages of the identity provider. */
export async function signInAsEmployee(page: Page, worldline: WorldlineSimulator): Promise<void> {
  const { email, password, code } = worldline.employee;
  const answer = async (label: string, text: string): Promise<void> => {
    const field = page.getByLabel(label, { exact: true });
    await field.fill(text);
    await field.press('Enter', { noWaitAfter: true });
  };
  await answer('E-mail', email);
  await answer('Mot de passe', password);
  await answer('Code', code);
  // The window may be closed before the click is over.
  await page
    .getByRole('button', { name: 'Oui', exact: true })
    .click({ noWaitAfter: true })
    .catch(() => undefined);
}
