/**
 * Which lines of src/main the built application ran while tests used it, by V8's own account of its process and the
 * bundles' source maps. What cannot run there is explained in `test/e2e/uncovered.ts`; the rest is for a test to come.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoverageReport } from 'monocart-coverage-reports';
import { z } from 'zod';
import { COVERAGE_VARIABLE } from '../test/electron-host/protocol.ts';
import { UNCOVERED } from '../test/e2e/uncovered.ts';

const root = join(import.meta.dirname, '..');

/** Of monocart-coverage-reports; a line is as often as it ran, or `1/2` where part of it did. */
const coverageSchema = z.object({
  files: z.array(
    z.object({
      sourcePath: z.string(),
      source: z.string(),
      data: z.object({ lines: z.record(z.string(), z.union([z.number(), z.string()])) }),
      summary: z.object({ lines: z.object({ total: z.number(), covered: z.number() }) }),
    }),
  ),
});
type CoveredFile = z.infer<typeof coverageSchema>['files'][number];

interface Gap {
  readonly from: number;
  readonly to: number;
  readonly why: string | undefined;
}

/** Runs `work` with the variable that makes the application write its coverage down, and prints that. */
export async function printingCoverage<T>(
  work: (env: Readonly<Record<string, string>>) => T,
): Promise<Awaited<T>> {
  const folder = mkdtempSync(join(tmpdir(), 'jeton-coverage-'));
  try {
    const result = await work({ [COVERAGE_VARIABLE]: folder });
    // Real Electron writes none.
    if (readdirSync(folder).length > 0) print(await filesIn(folder));
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function filesIn(folder: string): Promise<readonly CoveredFile[]> {
  const report = new CoverageReport({
    logging: 'off',
    reports: [],
    baseDir: root,
    outputDir: join(folder, 'report'),
    entryFilter: (entry: { readonly url: string }) => entry.url.includes('/out/main/'),
    sourceFilter: (path: string) => path.startsWith('src/main/'),
  });
  await report.addFromDir(folder);
  const { files } = coverageSchema.parse(await report.generate());
  return files.toSorted((a, b) => (a.sourcePath < b.sourcePath ? -1 : 1));
}

function print(files: readonly CoveredFile[]): void {
  console.log('\nLines of src/main that the application ran:');
  let total = 0;
  let covered = 0;
  const explained: string[] = [];
  for (const file of files) {
    const { lines } = file.summary;
    total += lines.total;
    covered += lines.covered;
    const gaps = gapsOf(file);
    const open = gaps.filter(({ why }) => why === undefined).map(rangeOf);
    const percent = shareOf(lines.covered, lines.total).padStart(4);
    console.log(`  ${percent}  ${file.sourcePath}${open.length === 0 ? '' : `: not ${open.join(', ')}`}`);
    for (const gap of gaps)
      if (gap.why !== undefined) explained.push(`  ${file.sourcePath}:${rangeOf(gap)}: ${gap.why}`);
  }
  console.log(`  ${shareOf(covered, total).padStart(4)}  of all`);
  if (explained.length > 0) console.log(['Cannot run there:', ...explained].join('\n'));
}

/** Lines that did not run at all, those side by side together. */
function gapsOf({ sourcePath, source, data }: CoveredFile): readonly Gap[] {
  const text = source.split('\n');
  const missed = Object.entries(data.lines)
    .filter(([, count]) => count === 0)
    .map(([line]) => Number(line))
    .toSorted((a, b) => a - b);
  const ranges: { from: number; to: number }[] = [];
  for (const line of missed) {
    const last = ranges.at(-1);
    const isNext = last !== undefined && text.slice(last.to, line - 1).every(isWithoutCode);
    if (isNext) last.to = line;
    else ranges.push({ from: line, to: line });
  }
  return ranges.map(({ from, to }) => {
    const code = text.slice(from - 1, to).join('\n');
    const why = UNCOVERED.find((each) => each.file === sourcePath && code.includes(each.code))?.why;
    return { from, to, why };
  });
}

function isWithoutCode(line: string): boolean {
  return /^\s*(?:\/\/.*|\/?\*.*)?$/.test(line);
}

function rangeOf({ from, to }: Gap): string {
  return from === to ? String(from) : `${from}–${to}`;
}

function shareOf(covered: number, total: number): string {
  return `${Math.floor((covered / Math.max(total, 1)) * 100)} %`;
}
