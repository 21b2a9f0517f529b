/** Signs in until it is killed: `sign-in BASE_URL BROWSER PROFILE`. Says how it ended, if it does. */
import { signInWithInstalledBrowser } from '../../../src/node/sso/installed-browser.ts';

const [baseUrl = '', browser = '', profileDir = ''] = process.argv.slice(2);
const outcome = await signInWithInstalledBrowser({
  baseUrl,
  browser,
  profileDir,
  silent: false,
  timeoutMs: 60_000,
  keptCookies: undefined,
  env: process.env,
});
console.log(outcome.kind);
