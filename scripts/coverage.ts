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
import { UNCOVERED, type Uncovered } from '../test/e2e/uncovered.ts';

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
export type CoveredFile = z.infer<typeof coverageSchema>['files'][number];

interface Gap {
  readonly from: number;
  readonly to: number;
  readonly why: string | undefined;
}

export interface Coverage<T> {
  readonly result: T;
  /** Lines that no test reaches and nobody explains, and explanations of what does run or is gone. */
  readonly complaints: readonly string[];
}

/** Runs `work` with the variable that makes the application write its coverage down, prints that, and judges it. */
export async function withCoverage<T>(
  work: (env: Readonly<Record<string, string>>) => T,
): Promise<Coverage<Awaited<T>>> {
  const folder = mkdtempSync(join(tmpdir(), 'jeton-coverage-'));
  try {
    const result = await work({ [COVERAGE_VARIABLE]: folder });
    // Real Electron writes none.
    if (readdirSync(folder).length === 0) return { result, complaints: [] };
    const files = await filesIn(folder);
    print(files);
    return { result, complaints: complaintsOf(files, UNCOVERED) };
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

/** Of each file: lines that nobody explains; and of each explanation whether it still is one. */
export function complaintsOf(
  files: readonly CoveredFile[],
  explanations: readonly Uncovered[],
): readonly string[] {
  const open = files.flatMap((file) =>
    gapsOf(file, explanations)
      .filter(({ why }) => why === undefined)
      .map((gap) => `${file.sourcePath}:${rangeOf(gap)} does not run: ${textOf(file, gap)}`),
  );
  const stale = explanations
    .filter((each) => each.sometimes !== true)
    .filter((each) => {
      const file = files.find(({ sourcePath }) => sourcePath === each.file);
      if (file === undefined) return true;
      const extent = extentOf(each, file.source.split('\n'));
      return !missedOf(file).some((line) => extent.has(line));
    })
    .map(({ file, code }) => `${file}: ‘${code}’ is explained, and runs or is not there any more`);
  return [...open, ...stale];
}

/** What closes a block runs with it, or does not. */
function missedOf({ source, data }: CoveredFile): readonly number[] {
  const text = source.split('\n');
  return Object.entries(data.lines)
    .filter(([, count]) => count === 0)
    .map(([line]) => Number(line))
    .filter((line) => !/^\s*[)\]};,]*$/.test(text[line - 1] ?? ''))
    .toSorted((a, b) => a - b);
}

/** Lines that did not run at all, those side by side together that have the same reason. */
function gapsOf(file: CoveredFile, explanations: readonly Uncovered[] = UNCOVERED): readonly Gap[] {
  const text = file.source.split('\n');
  const explained = explanations
    .filter((each) => each.file === file.sourcePath)
    .map((each) => ({ why: each.why, extent: extentOf(each, text) }));
  const gaps: { from: number; to: number; why: string | undefined }[] = [];
  for (const line of missedOf(file)) {
    const why = explained.find(({ extent }) => extent.has(line))?.why;
    const last = gaps.at(-1);
    const isNext =
      last !== undefined && last.why === why && text.slice(last.to, line - 1).every(isWithoutCode);
    if (isNext) last.to = line;
    else gaps.push({ from: line, to: line, why });
  }
  return gaps;
}

/** Numbers of the lines with this code, and of the blocks that they begin: as far as they are indented by more. */
function extentOf({ code }: Uncovered, text: readonly string[]): ReadonlySet<number> {
  const extent = new Set<number>();
  for (const [index, line] of text.entries()) {
    if (!line.includes(code)) continue;
    extent.add(index + 1);
    const depth = indentOf(line);
    let end = index;
    for (let next = index + 1; next < text.length; next += 1) {
      const inner = text[next]!;
      if (inner.trim() === '') continue;
      if (indentOf(inner) > depth) end = next;
      else {
        // With the line that closes it.
        if (end > index && /^\s*[)\]}]/.test(inner)) end = next;
        break;
      }
    }
    for (let number = index; number <= end; number += 1) extent.add(number + 1);
  }
  return extent;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function textOf({ source }: CoveredFile, { from }: Gap): string {
  return (source.split('\n')[from - 1] ?? '').trim();
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
