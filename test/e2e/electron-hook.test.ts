/** What the driver of real Electron sees of Jeton's tray on each system; that Electron itself is not needed for it. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { iconStateOf } from './tray-icon.ts';

const FIXTURE = join(import.meta.dirname, 'fixtures/hooked-tray.ts');

interface Report {
  readonly seen: readonly ({
    readonly icon: string;
    readonly tooltip: string;
    readonly menu: readonly { readonly label: string }[];
  } | null)[];
  readonly chosen: readonly { readonly kind: string }[];
}

test.each(['linux', 'darwin', 'win32'])(
  'the tray of %s is seen, from its first icon on, and chosen from',
  (platform) => {
    const report: Report = JSON.parse(
      execFileSync(process.execPath, [FIXTURE, platform], { encoding: 'utf8' }),
    );
    const seen = report.seen.map(
      (tray) =>
        tray && {
          icon: iconStateOf(tray.icon),
          tooltip: tray.tooltip,
          labels: tray.menu.map(({ label }) => label).filter((label) => label !== ''),
        },
    );
    const labels = (first: string) =>
      expect.arrayContaining([first, 'Reconnect OneFlex…', 'Pause', 'Quit Jeton']);
    expect(seen).toEqual([
      { icon: 'needs-you', tooltip: 'It is needs-you.', labels: labels('It is needs-you.') },
      { icon: 'fresh', tooltip: 'It is fresh.', labels: labels('It is fresh.') },
      null,
    ]);
    expect(report.chosen.map(({ kind }) => kind)).toEqual(['pause-all', 'open']);
  },
);
