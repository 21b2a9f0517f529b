/**
 * The layers, as data. A file under src/ imports what its layer may import and nothing else; a few powers belong
 * to named files only.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** What each layer may import: layers of ours, `node:*`, packages by name; `types` only with `import type`. */
const LAYERS = {
  core: { layers: ['core'], types: [], builtins: false, packages: ['zod'] },
  shared: { layers: ['shared', 'core'], types: [], builtins: false, packages: ['zod'] },
  node: { layers: ['node', 'core', 'shared'], types: [], builtins: true, packages: 'any but electron' },
  main: { layers: ['main', 'node', 'core', 'shared'], types: [], builtins: true, packages: ['electron'] },
  preload: { layers: ['preload', 'shared'], types: [], builtins: false, packages: ['electron'] },
  renderer: {
    layers: ['renderer', 'shared'],
    types: ['core'],
    builtins: false,
    packages: 'any but electron',
  },
  cli: { layers: ['cli', 'node', 'core', 'shared'], types: [], builtins: true, packages: 'any but electron' },
} as const satisfies Record<string, Layer>;

interface Layer {
  readonly layers: readonly string[];
  readonly types: readonly string[];
  readonly builtins: boolean;
  readonly packages: readonly string[] | 'any but electron';
}

/** Powers, and the only files (or folders) that have them. */
const POWERS: readonly {
  readonly what: string;
  readonly sign: RegExp;
  readonly allowed: readonly string[];
}[] = [
  {
    what: 'starting processes',
    sign: /node:child_process/,
    allowed: ['src/node/run-command.ts'],
  },
  { what: 'revealing a secret', sign: /\.reveal\(/, allowed: ['src/node/', 'src/cli/', 'src/main/'] },
  { what: 'ipcMain', sign: /\bipcMain\b/, allowed: ['src/main/ipc.ts'] },
  { what: 'shell.openExternal', sign: /openExternal/, allowed: ['src/main/security.ts'] },
  {
    what: 'the time, chance and the console outside the ports',
    sign: /\bDate\.now\(|new Date\(\)|Math\.random\(|\bconsole\.|\bsetTimeout\(|\bsetInterval\(|\bprocess\.[a-z]/,
    allowed: ['src/node/', 'src/cli/', 'src/main/', 'src/renderer/', 'src/preload/'],
  },
];

const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => join('src', name).split(sep).join('/'));

const MARKS = /^ *(?:<{7}|>{7}|(?:> ){6}>)/m;

const layers = new Map<string, Layer>(Object.entries(LAYERS));

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const statements = text.matchAll(
    /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\(\s*'([^']+)'/gm,
  );
  return [...statements].map((match) => ({
    from: match[2] ?? match[3] ?? '',
    typeOnly: match[1] !== undefined,
  }));
}

function isBuiltin(from: string): boolean {
  return from.startsWith('node:') || builtinModules.includes(from);
}

/** Why `file` may not import `from`, if it may not. */
function objection(file: string, { from, typeOnly }: Import): string | undefined {
  const own = file.split('/')[1] ?? '';
  const layer = layers.get(own);
  if (layer === undefined) return `src/${own} is no layer`;
  if (from.startsWith('.')) {
    const path = resolve(root, dirname(file), from);
    if (path === join(root, 'package.json')) return undefined;
    const target = relative(join(root, 'src'), path).split(sep)[0] ?? '';
    const allowed = layer.layers.includes(target) || (typeOnly && layer.types.includes(target));
    return allowed ? undefined : `${own} may not import ${target}`;
  }
  if (isBuiltin(from)) return layer.builtins ? undefined : `${own} may not use ${from}`;
  const name = from.startsWith('@') ? from.split('/').slice(0, 2).join('/') : (from.split('/')[0] ?? '');
  const allowed = layer.packages === 'any but electron' ? name !== 'electron' : layer.packages.includes(name);
  return allowed ? undefined : `${own} may not import the package ${name}`;
}

describe('the architecture', () => {
  test('there is something to look at', () => {
    expect(files.length).toBeGreaterThan(30);
    expect(files.flatMap(importsOf).length).toBeGreaterThan(100);
  });

  test.each(files)('%s imports only what its layer may import', (file) => {
    const objections = importsOf(file).flatMap((statement) => objection(file, statement) ?? []);
    expect(objections).toEqual([]);
  });

  test.each(POWERS)('only the named files have the power of $what', ({ sign, allowed }) => {
    const offenders = files.filter(
      (file) =>
        !allowed.some((prefix) => file.startsWith(prefix)) &&
        sign.test(withoutComments(readFileSync(join(root, file), 'utf8'))),
    );
    expect(offenders).toEqual([]);
  });

  test('nothing under src/ knows about tests or stand-ins', () => {
    const sign = /\bvitest\b|NODE_ENV|JEST|\bVITEST\b|stand-in|simulator/i;
    expect(files.filter((file) => sign.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  test('the rules would notice', () => {
    const imports = (from: string): Import => ({ from, typeOnly: false });
    expect(objection('src/core/x.ts', imports('node:fs'))).toBeDefined();
    expect(objection('src/core/slack/x.ts', imports('../../node/http.ts'))).toBeDefined();
    expect(objection('src/node/x.ts', imports('electron'))).toBeDefined();
    expect(objection('src/core/x.ts', imports('lodash'))).toBeDefined();
    expect(objection('src/renderer/x.ts', imports('../core/engine.ts'))).toBeDefined();
    expect(objection('src/cli/x.ts', imports('../core/engine.ts'))).toBeUndefined();
  });
});

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

test('no text has the marks of a merge, also where a formatter took them for quotations', () => {
  const texts = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'docs/ARCHITECTURE.md'];
  const marked = texts.filter((name) => MARKS.test(readFileSync(join(root, name), 'utf8')));
  expect(marked).toEqual([]);
  expect('  <<<<<<< HEAD').toMatch(MARKS);
  expect('> > > > > > > there').toMatch(MARKS);
});
