/**
 * `npm run bench`: the figures that Jeton promises, measured on the built command line; `npm run bench renewal export`:
 * some of them. Machines are shared and noisy, so most figures are ratios of two things measured in the same run, and
 * the load is printed beside them; none of them decides a test.
 */
import { loadavg } from 'node:os';
import { startPostgres } from '../test/support/postgres.ts';
import { benchApplicationIdle, benchFollowing, benchPackage, benchTray } from './bench/application.ts';
import { Home } from './bench/home.ts';
import { benchExport, benchLookingOut, benchSignIn, benchSilentRenewal } from './bench/oneflex.ts';
import { type Figure, printTable } from './bench/report.ts';
import { benchWindow } from './bench/window.ts';
import { benchDecision, benchIdle, benchRenewal, benchStatus } from './bench/slack.ts';

const postgres = await startPostgres();
const home = new Home();
try {
  await home.jeton(['vault', 'init']);
  const benches: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
    status: () => benchStatus(home),
    decision: async () => benchDecision(),
    renewal: () => benchRenewal(postgres, home),
    idle: () => benchIdle(postgres, home),
    export: () => benchExport(home),
    'silent-renewal': () => benchSilentRenewal(home),
    'sign-in': () => benchSignIn(home),
    'looking-out': () => benchLookingOut(home),
    window: () => benchWindow(),
    tray: () => benchTray(home),
    following: () => benchFollowing(postgres),
    'application-idle': () => benchApplicationIdle(postgres),
    package: () => benchPackage(),
  };
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !(name in benches));
  if (unknown.length > 0)
    throw new Error(`${unknown.join(', ')}: there are ${Object.keys(benches).join(', ')}`);
  const figures: Figure[] = [];
  for (const [name, bench] of Object.entries(benches)) {
    if (wanted.length === 0 || wanted.includes(name)) figures.push(...(await bench()));
  }
  printTable(figures);
  const load = loadavg().map((value) => value.toFixed(1));
  console.log(`load of this machine over the last 1, 5 and 15 minutes: ${load.join(', ')}`);
  process.exitCode = figures.some(({ holds }) => holds === false) ? 1 : 0;
} finally {
  home.dispose();
  await postgres.dispose();
}
