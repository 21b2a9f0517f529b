/**
 * `npm run bench`: the figures that Jeton promises, measured on the built command line. Machines are shared and noisy,
 * so most figures are ratios of two things measured in the same run; none of them decides a test.
 */
import { startPostgres } from '../test/support/postgres.ts';
import { Home } from './bench/home.ts';
import { benchExport, benchSignIn, benchSilentRenewal } from './bench/oneflex.ts';
import { printTable } from './bench/report.ts';
import { benchDecision, benchIdle, benchRenewal, benchStatus } from './bench/slack.ts';

const postgres = await startPostgres();
const home = new Home();
try {
  await home.jeton(['vault', 'init']);
  const figures = [
    ...(await benchStatus(home)),
    ...benchDecision(),
    ...(await benchRenewal(postgres, home)),
    ...(await benchIdle(postgres, home)),
    ...(await benchExport(home)),
    ...(await benchSilentRenewal(home)),
    ...(await benchSignIn(home)),
  ];
  printTable(figures);
  process.exitCode = figures.some(({ holds }) => holds === false) ? 1 : 0;
} finally {
  home.dispose();
  await postgres.dispose();
}
