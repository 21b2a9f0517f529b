/**
 * `npm test`: everything that must hold before a change is done, in the order in which it fails fastest. Each check
 * counts as one test; the last line sums up. On Linux that is all there is; elsewhere what cannot run there is left out,
 * and named with the reason.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { withCoverage } from './coverage.ts';
import { leftOutOn } from './test-places.ts';

const CHECKS: readonly (readonly [name: string, program: string, ...args: string[]])[] = [
  ['packages', 'node', 'scripts/test-packages.ts'],
  ['format', 'oxfmt', '--check', '.'],
  ['lint', 'oxlint'],
  ['types', 'tsc', '-p', '.'],
  ['types of the window', 'tsc', '-p', 'tsconfig.renderer.json'],
  ['unused code', 'knip'],
  ['build', 'node', 'scripts/build.ts'],
];

const leftOut = leftOutOn(process.platform);

const testReport = z.object({ numPassedTests: z.number(), numTotalTests: z.number() });

/** Tools are on the PATH of npm scripts, this Node among them. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): boolean {
  // On Windows the tools of node_modules/.bin are scripts, which only a shell starts.
  const shell = process.platform === 'win32';
  const { status, error } = spawnSync(program, args, { stdio: 'inherit', shell, env });
  if (error !== undefined) console.error(error.message);
  return status === 0;
}

function runTests(variables: Readonly<Record<string, string>>): {
  readonly passed: number;
  readonly failed: number;
} {
  const folder = mkdtempSync(join(tmpdir(), 'jeton-test-report-'));
  const file = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const excluded = leftOut.flatMap(({ tests }) => tests).flatMap((file) => ['--exclude', file]);
    const ok = run('vitest', ['run', ...reporters, ...excluded], { ...process.env, ...variables });
    const { numPassedTests, numTotalTests } = testReport.parse(JSON.parse(readFileSync(file, 'utf8')));
    // A skipped test is one that did not pass; an error outside any test fails the run, too.
    const failed = numTotalTests - numPassedTests;
    return { passed: numPassedTests, failed: ok ? failed : Math.max(failed, 1) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without these there is nothing to run the tests on. */
const NEEDED = new Set(['packages', 'build']);

let passed = 0;
let failed = 0;
let canTest = true;
for (const [name, program, ...args] of CHECKS) {
  const ok = run(program, args);
  console.log(`${ok ? '✓' : '✗'} ${name}`);
  if (ok) passed += 1;
  else failed += 1;
  if (!ok && NEEDED.has(name)) canTest = false;
}
if (canTest) {
  const { result: tests, complaints } = await withCoverage(runTests);
  passed += tests.passed;
  failed += tests.failed;
  // `npm run e2e` fails by these; here the machine may be so busy that a story takes another way.
  if (complaints.length > 0)
    console.log(['Neither tested nor explained in test/e2e/uncovered.ts:', ...complaints].join('\n  '));
}
for (const { what, tests } of leftOut) {
  console.log(`Left out, for want of ${what}:`);
  for (const file of tests) console.log(`  ${file}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
