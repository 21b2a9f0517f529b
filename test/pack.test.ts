/**
 * The application as it is packed, on an Electron that has what a packager touches: what is in it, what is not, and
 * that the part of it which needs no Electron runs from where it was packed to.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { extractAll, extractFile, listPackage, statFile } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseSync } from 'vite';
import { parse } from 'yaml';
import { z } from 'zod';
import { wrongFuses } from '../scripts/packed/fuses.ts';
import { signing } from '../scripts/packed/signing.ts';
import { startAndEnd } from '../scripts/packed/start-up.ts';
import { weightOf } from '../scripts/packed/weight.ts';
import { LICENCE_FILES } from '../src/node/licences.ts';
import { installedChromium } from './support/browser.ts';
import { packOnMadeUpElectron, type System } from './support/packing.ts';
import { temporaryHome } from './support/temporary-home.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'jeton-pack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Where electron-builder puts each. */
const PACKED = {
  linux: {
    program: 'linux-unpacked/jeton',
    natives: ['better-sqlite3/prebuilds/linux-x64.node', 'keytar/prebuilds/linux-x64/keytar.node'],
  },
  windows: {
    program: 'win-unpacked/Jeton.exe',
    natives: ['better-sqlite3/prebuilds/win32-x64.node', 'keytar/prebuilds/win32-x64/keytar.node'],
  },
  mac: {
    program: 'mac-arm64/Jeton.app/Contents/MacOS/Jeton',
    natives: [
      'better-sqlite3/prebuilds/darwin-arm64.node',
      'better-sqlite3/prebuilds/darwin-x64.node',
      'keytar/prebuilds/darwin-arm64/keytar.node',
      'keytar/prebuilds/darwin-x64/keytar.node',
    ],
  },
} as const satisfies Record<System, unknown>;

const SYSTEMS = ['linux', 'windows', 'mac'] as const satisfies readonly System[];

const configuration = z
  .object({ appId: z.string(), nsis: z.object({ include: z.string() }) })
  .parse(parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')));

/** The folder of each one's archive. */
const resources: Partial<Record<System, string>> = {};
const resourcesOf = (system: System): string => resources[system] ?? '';
const archiveOf = (system: System): string => join(resourcesOf(system), 'app.asar');

/** Files, with slashes. */
function filesIn(archive: string): string[] {
  return listPackage(archive, { isPack: false })
    .map((path) => path.slice(1).split(sep).join('/'))
    .filter((path) => !('files' in statFile(archive, path)));
}

beforeAll(async () => {
  await Promise.all(
    SYSTEMS.map(async (system) => (resources[system] = await packOnMadeUpElectron(system, folder))),
  );
}, 120_000);

/** Each file of the archive is one of these. */
const EXPECTED = [
  /^package\.json$/,
  /^LICENSE$/,
  /^out\/main\/[\w.-]+\.js$/,
  /^out\/preload\/index\.cjs$/,
  /^out\/(main|renderer)\/THIRD-PARTY-NOTICES\.txt$/,
  /^out\/renderer\/(index\.html|assets\/[\w.-]+\.(js|css|svg|png|woff2))$/,
  /^assets\/icons\/(256x256|512x512)\.png$/,
  /^assets\/tray\/tray-(fresh|needs-you|failing|paused)((Template)?(@2x)?\.png|\.ico)$/,
  /^node_modules\/(better-sqlite3|keytar|electron-log|playwright-core)\/(package\.json|LICENSE(\.md)?)$/,
  /^node_modules\/better-sqlite3\/lib\/([a-z-]+|methods\/[a-z]+)\.js$/,
  /^node_modules\/better-sqlite3\/prebuilds\/[\w-]+\.node$/,
  /^node_modules\/keytar\/(lib\/keytar\.js|prebuilds\/[\w-]+\/keytar\.node)$/,
  /^node_modules\/electron-log\/(node\.js|src\/(core|node)\/[\w/]+\.js)$/,
  /^node_modules\/playwright-core\/(browsers\.json|index\.m?js|NOTICE|ThirdPartyNotices\.txt)$/,
  /^node_modules\/playwright-core\/lib\/(bootstrap|coreBundle|utilsBundle)\.js(\.LICENSE)?$/,
];

describe.each(SYSTEMS)('packed for %s', (system) => {
  test('the archive has what runs, and no tests, sources, maps, documents or other packages', () => {
    const files = filesIn(archiveOf(system));
    expect(files.filter((file) => !EXPECTED.some((pattern) => pattern.test(file)))).toEqual([]);
    for (const pattern of EXPECTED) expect(files.filter((file) => pattern.test(file))).not.toEqual([]);
    // Pictures of each state and kind.
    expect(files.filter((file) => file.startsWith('assets/tray/'))).toHaveLength(4 * 5);
  });

  test('whose licence it has, that can be read in it', () => {
    const files = filesIn(archiveOf(system));
    expect(files.filter((file) => /licen[cs]e|notice/i.test(file)).sort()).toEqual(LICENCE_FILES.toSorted());
  });

  test('of native code there is this system’s, where the system’s loader finds it', () => {
    const archive = archiveOf(system);
    const natives = filesIn(archive).filter((file) => file.endsWith('.node'));
    expect(natives.sort()).toEqual(PACKED[system].natives.map((path) => `node_modules/${path}`));

    const unpacked = `${archive}.unpacked`;
    const outside = readdirSync(unpacked, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(unpacked, join(entry.parentPath, entry.name)).split(sep).join('/'));
    expect(outside.sort()).toEqual(natives);
  });

  test('the fuses are as electron-builder.yml wants them', async () => {
    const wire = await getCurrentFuseWire(join(folder, system, PACKED[system].program));
    const states = Object.fromEntries(
      Object.values(FuseV1Options)
        .filter((fuse) => typeof fuse === 'number')
        .map((fuse) => [FuseV1Options[fuse], wire[fuse] === FuseState.ENABLE]),
    );
    expect(states).toEqual({
      RunAsNode: false,
      EnableCookieEncryption: true,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      EnableEmbeddedAsarIntegrityValidation: true,
      OnlyLoadAppFromAsar: true,
      LoadBrowserProcessSpecificV8Snapshot: false,
      GrantFileProtocolExtraPrivileges: false,
      WasmTrapHandlers: true,
    });
  });

  test('which `npm run check-packed` would find out, on a real one', async () => {
    expect(await wrongFuses(join(folder, system, PACKED[system].program))).toEqual([]);
    const electron = { linux: 'electron', windows: 'electron.exe', mac: 'Electron.app' }[system];
    expect(await wrongFuses(join(folder, `${system}-electron`, electron))).toEqual([
      'RunAsNode',
      'EnableCookieEncryption',
      'EnableNodeOptionsEnvironmentVariable',
      'EnableNodeCliInspectArguments',
      'EnableEmbeddedAsarIntegrityValidation',
      'OnlyLoadAppFromAsar',
      'GrantFileProtocolExtraPrivileges',
    ]);
  });

  test('Electron’s own application is gone', () => {
    expect(readdirSync(resourcesOf(system))).not.toContain('default_app.asar');
  });
});

test('both halves for macOS have the same archive, so that they can be joined', () => {
  const arm64 = archiveOf('mac');
  const x64 = arm64.replace('mac-arm64', 'mac');
  expect(readFileSync(x64).equals(readFileSync(arm64))).toBe(true);
});

test('macOS shows no icon in its dock, and knows the scheme, the category and the archive’s hash', () => {
  const plist = readFileSync(join(resourcesOf('mac'), '../Info.plist'), 'utf8').replaceAll(/\s+/g, '');
  expect(plist).toContain('<key>LSUIElement</key><true/>');
  expect(plist).toContain('<key>CFBundleURLSchemes</key><array><string>jeton</string></array>');
  expect(plist).toContain('<string>public.app-category.developer-tools</string>');
  expect(plist).toContain('<key>ElectronAsarIntegrity</key><dict><key>Resources/app.asar</key>');
});

test('Windows’ uninstaller takes away what Jeton wrote into the registry, unless it is for an update', () => {
  const { appId, nsis } = configuration;
  const lines = readFileSync(join(root, nsis.include), 'utf8')
    .replaceAll('${APP_ID}', appId)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => !line.startsWith(';'));
  expect(lines[0]).toBe('!macro customUnInstall');
  expect(lines[1]).toBe('${ifNot} ${isUpdated}');
  expect(lines).toEqual(
    expect.arrayContaining([
      'DeleteRegKey HKCU "Software\\Classes\\jeton"',
      `DeleteRegValue HKCU "Software\\Microsoft\\Windows\\CurrentVersion\\Run" "${appId}"`,
    ]),
  );
  // By the same name as it is written by: lifecycle.ts tells it to Electron.
  expect(readFileSync(join(root, 'src/main/lifecycle.ts'), 'utf8')).toContain(`'${appId}'`);
});

describe('the signature for macOS', () => {
  test('is in nobody’s name without a certificate, for nothing starts unsigned there', () => {
    const { mac } = signing({});
    expect(mac?.identity).toBe('-');
    for (const path of [mac?.entitlements, mac?.entitlementsInherit])
      // Of an application in nobody's name, the hardened runtime takes each native package for a stranger's.
      expect(readFileSync(join(root, path ?? ''), 'utf8').replaceAll(/\s+/g, '')).toContain(
        '<key>com.apple.security.cs.disable-library-validation</key><true/>',
      );
  });

  test('is that of the certificate, which loosens nothing more, where there is one', () => {
    expect(signing({ CSC_LINK: 'certificate.p12' })).toEqual({});
    expect(signing({ CSC_NAME: 'Somebody' })).toEqual({});
    const own = readFileSync(join(root, 'assets/macos/entitlements.plist'), 'utf8');
    expect(own).not.toContain('disable-library-validation');
  });
});

describe('what is packed is started', () => {
  const program = (code: string) => ['--input-type=module', '--eval', code, '--'];
  /** A program that writes this into Jeton's log. */
  const saying = (...events: readonly string[]) =>
    program(`
      import { mkdirSync, writeFileSync } from 'node:fs';
      const logs = process.env.JETON_HOME + '/logs';
      mkdirSync(logs);
      writeFileSync(logs + '/tray.log', ${JSON.stringify(events.join('\n'))});
      setInterval(() => undefined, 1000);`);

  test('until it says that it has, and that its page is there', { timeout: 30_000 }, async () => {
    const started = startAndEnd(process.execPath, saying('application-started', 'page-listens'));
    await expect(started).resolves.toBeUndefined();
  });

  test('and one that runs without its database is of no use', { timeout: 30_000 }, async () => {
    const blind = startAndEnd(process.execPath, saying('home-not-opened code=Error', 'application-started'));
    await expect(blind).rejects.toThrow(/of no use\nhome-not-opened/);
  });

  test('and one that ends before is said, with its words', async () => {
    const failing = startAndEnd(
      process.execPath,
      program('console.error("no such library"); process.exit(3)'),
    );
    await expect(failing).rejects.toThrow(/it ended \(3\) before application-started\nno such library/);
  });

  test('as is one that is not there', async () => {
    await expect(startAndEnd(join(folder, 'no-such-program'))).rejects.toThrow(/ENOENT/);
  });
});

test.each(SYSTEMS)('archive and native code for %s are under 12 MB', (system) => {
  const bytes = weightOf(resourcesOf(system));
  console.log(`${system}: app.asar and native code: ${(bytes / 1e6).toFixed(2)} MB`);
  expect(bytes).toBeLessThan(12e6);
});

describe.each(['coreBundle.js', 'utilsBundle.js'])(
  'playwright-core’s %s is packed without its blanks',
  (name) => {
    const packed = (): string =>
      extractFile(archiveOf('linux'), `node_modules/playwright-core/lib/${name}`).toString();
    const original = readFileSync(join(root, 'node_modules/playwright-core/lib', name), 'utf8');

    test('and is the same program', () => {
      expect(packed().length).toBeLessThan(original.length * 0.8);
      // Both are far too long to be shown.
      expect(treeOf(packed()) === treeOf(original)).toBe(true);
    });

    test('and says so, and whose it is, as its licences want', () => {
      const text = packed();
      expect(text).toMatch(/^\/\/ Packed with Jeton: /);
      const licences = original.match(/^\/\*(?:!|\*\s*\* @license).*?\*\/$/gms) ?? [];
      expect(licences).not.toEqual([]);
      const words = (comment: string): string => comment.replaceAll(/\s+/g, ' ');
      expect(licences.filter((licence) => !words(text).includes(words(licence)))).toEqual([]);
    });
  },
);

test('no secret is packed, and no path of the machine that packed', () => {
  const archive = archiveOf('linux');
  const tree = extract();
  const own = filesIn(archive).filter((file) => !/^node_modules|\.png$|\.ico$/.test(file));
  expect(own.length).toBeGreaterThan(4);
  const secret = /xox[abeprs][.-][\w.-]{20,}|eyJ[\w-]{16,}\.eyJ|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\\]/;
  const texts = own.map((file) => [file, readFileSync(join(tree, file), 'utf8')] as const);
  expect(texts.filter(([, text]) => secret.test(text)).map(([file]) => file)).toEqual([]);
  expect(texts.filter(([, text]) => text.includes(root)).map(([file]) => file)).toEqual([]);
});

describe('what the main process needs beside itself', () => {
  const manifest = z.object({ dependencies: z.record(z.string(), z.string()) });
  const { dependencies } = manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

  /** Packages that a bundle asks for when it runs. */
  function askedFor(code: string): string[] {
    const names = Object.keys(dependencies).join('|');
    const pattern = new RegExp(`(?:from|import|\\()\\s*["'\`]((?:${names})(?:/[\\w./-]+)?)["'\`]`, 'g');
    return [...code.matchAll(pattern)].map(([, name = '']) => name);
  }

  test('is seen in each way of asking for it', () => {
    const code =
      'import a from"pg";import"zod";await import(`keytar`);r(import.meta.url)("electron-log/node");const b="pg"';
    expect(askedFor(code)).toEqual(['pg', 'zod', 'keytar', 'electron-log/node']);
  });

  test('is found inside of what was packed, and runs', { timeout: 60_000 }, () => {
    const tree = extract();
    const main = join(tree, 'out/main');
    const bundles = readdirSync(main).map((name) => readFileSync(join(main, name), 'utf8'));
    const names = [
      ...new Set([
        ...bundles.flatMap(askedFor),
        'better-sqlite3',
        'keytar',
        'playwright-core',
        'electron-log/node',
      ]),
    ];
    // Beside the bundles, so that it finds what they find.
    const probe = join(main, 'probe.js');
    writeFileSync(
      probe,
      `
      const found = {};
      for (const name of ${JSON.stringify(names)}) {
        found[name] = import.meta.resolve(name);
        await import(name);
      }
      const { default: Database } = await import('better-sqlite3');
      const { default: keytar } = await import('keytar');
      const { chromium } = await import('playwright-core');
      const context = await chromium.launchPersistentContext(process.env.PROFILE, {
        executablePath: process.env.CHROMIUM, headless: true,
      });
      const page = await context.newPage();
      await page.goto('data:text/html,<title>from the archive</title>');
      const title = await page.title();
      await context.close();
      console.log(JSON.stringify({
        found,
        sqlite: new Database(':memory:').prepare('SELECT 6 * 7').pluck().get(),
        keytar: typeof keytar.getPassword,
        title,
      }));
      `,
    );
    const env = { ...process.env, CHROMIUM: installedChromium(), PROFILE: temporaryHome() };
    const result: { found: Record<string, string>; sqlite: number; keytar: string; title: string } =
      JSON.parse(execFileSync(process.execPath, [probe], { env, cwd: tree, encoding: 'utf8' }));

    const outside = Object.entries(result.found).filter(([, url]) => !url.includes(`${tree}/node_modules/`));
    expect(outside).toEqual([]);
    expect(result).toMatchObject({ sqlite: 42, keytar: 'function', title: 'from the archive' });
  });
});

/** The archive's files and those beside it, as one tree. */
function extract(): string {
  const tree = temporaryHome();
  extractAll(archiveOf('linux'), tree);
  return tree;
}

/** What a program says, without where in the file it does, and how: there are several ways of writing the same. */
function treeOf(code: string): string {
  const { program, errors } = parseSync('bundle.cjs', code, { preserveParens: false });
  expect(errors).toEqual([]);
  return JSON.stringify(program, (key, value: unknown) => {
    if (key === 'start' || key === 'end' || key === 'raw') return undefined;
    if (typeof value !== 'object' || value === null || !('type' in value)) return value;
    if (value.type === 'LogicalExpression') return operandsOf(value);
    // What has a tag is not only a text.
    const text = key !== 'quasi' && value.type === 'TemplateLiteral' && textSchema.safeParse(value).data;
    return text ? { type: 'Literal', value: text.quasis[0].value.cooked } : value;
  });
}

const textSchema = z.object({ quasis: z.tuple([z.object({ value: z.object({ cooked: z.string() }) })]) });
const logicalSchema = z.object({ operator: z.string(), left: z.unknown(), right: z.unknown() });

/** `a || (b || c)` and `(a || b) || c` are the same. */
function operandsOf(expression: unknown): { operator: string; operands: readonly unknown[] } | undefined {
  const { operator, left, right } = logicalSchema.safeParse(expression).data ?? {};
  if (operator !== '||' && operator !== '&&' && operator !== '??') return undefined;
  const operands = [left, right].flatMap((side) => {
    const nested = operandsOf(side);
    return nested?.operator === operator ? nested.operands : [side];
  });
  return { operator, operands };
}
