import { isBuiltin } from 'node:module';
import { defineConfig, type Plugin } from 'vite';
import { notices } from './scripts/notices.ts';

/**
 * The command line as plain JavaScript in out/cli: a small entry that any Node can parse, and one file a
 * command. What has native code or is large stays in node_modules, and is loaded when it is needed.
 */
export default defineConfig({
  logLevel: 'error',
  plugins: [lightCommander(), builtinsAtHand(), notices()],
  ssr: { noExternal: ['commander', 'zod'] },
  build: {
    ssr: 'src/cli/index.ts',
    outDir: 'out/cli',
    target: 'node22',
    emptyOutDir: true,
    minify: true,
    // For `node --enable-source-maps`; nothing reads it otherwise.
    sourcemap: true,
    rollupOptions: {
      output: {
        entryFileNames: 'index.js',
        chunkFileNames: '[name].js',
        // Finding and opening thirty small files was a seventh of `jeton status` (measured). Each group takes along what
        // its modules import; what must run first, because it is about the rest, comes first.
        codeSplitting: {
          groups: [
            { name: 'start', test: /\/src\/cli\/start\.ts$/, priority: 4 },
            { name: 'interpret-schemas', test: /\/src\/cli\/interpret-schemas\.ts$/, priority: 3 },
            { name: 'main', test: /\/src\/cli\/main\.ts$/, priority: 2 },
            {
              name: 'home',
              test: /\/src\/(cli\/commands\/status|node\/open-home|node\/logger)\.ts$/,
              priority: 1,
            },
          ],
        },
      },
    },
  },
});

/**
 * `import 'node:fs'` reads every property of the module once, and so loads promises, streams and readline behind
 * it: 30 ms for what a short command imports (measured, Node 24). Asking for the module itself does not.
 */
function builtinsAtHand(): Plugin {
  const prefix = '\0at-hand:';
  return {
    name: 'builtins-at-hand',
    enforce: 'pre',
    resolveId: (source) =>
      source.startsWith('node:') && isBuiltin(source)
        ? { id: prefix + source, moduleSideEffects: false }
        : undefined,
    load(id) {
      if (!id.startsWith(prefix)) return undefined;
      const name = id.slice(prefix.length);
      const exported = Object.entries(Object.getOwnPropertyDescriptors(process.getBuiltinModule(name)))
        .filter(
          ([key, descriptor]) =>
            descriptor.get === undefined && /^[a-z_]\w*$/i.test(key) && key !== 'default',
        )
        .map(([key]) => `export const ${key} = /*#__PURE__*/ pick('${key}');`);
      return [
        `const builtin = /*#__PURE__*/ process.getBuiltinModule('${name}');`,
        'const pick = (key) => builtin[key];',
        'export default builtin;',
        ...exported,
      ].join('\n');
    },
  };
}

/**
 * commander loads node:child_process for commands that are programs of their own, of which Jeton has none, and
 * node:util for one small function.
 */
function lightCommander(): Plugin {
  const stubs = new Map([
    ['node:child_process', 'export default undefined;'],
    [
      'node:util',
      String.raw`export const stripVTControlCharacters = (text) => text.replaceAll(/\p{Cc}\[[\d;]*m/gu, '');`,
    ],
  ]);
  return {
    name: 'light-commander',
    enforce: 'pre',
    resolveId: (source, importer) =>
      stubs.has(source) && importer?.includes('/node_modules/commander/') ? `\0${source}` : undefined,
    load: (id) => stubs.get(id.slice(1)),
  };
}
