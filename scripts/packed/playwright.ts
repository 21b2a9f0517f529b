/**
 * playwright-core is half of the package, and a quarter of that is blanks and comments, which it ships for its
 * developers. Names stay as they are, for its errors and their stacks are read.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { minifySync } from 'vite';

const BUNDLES = ['coreBundle.js', 'utilsBundle.js'];

/** Its licence wants that whoever changes a file says so in it. */
const NOTE = '// Packed with Jeton: without blanks and comments, otherwise unchanged.\n';

/** Writes them to out/playwright-core, which is where electron-builder.yml takes them from. */
export function writePlaywright(projectDir: string): void {
  const to = join(projectDir, 'out/playwright-core/lib');
  mkdirSync(to, { recursive: true });
  for (const name of BUNDLES) {
    const code = readFileSync(join(projectDir, 'node_modules/playwright-core/lib', name), 'utf8');
    // Somebody else may be packing: what they read is whole.
    const fresh = join(to, `${name}.${process.pid}.new`);
    writeFileSync(fresh, NOTE + withoutBlanks(name, code));
    renameSync(fresh, join(to, name));
  }
}

function withoutBlanks(name: string, code: string): string {
  const { code: lean, errors } = minifySync(name, code, {
    compress: false,
    mangle: false,
    codegen: { removeWhitespace: true, legalComments: 'eof' },
  });
  if (errors.length > 0) throw new Error(`${name}: ${errors.map(({ message }) => message).join('\n')}`);
  return lean;
}
