import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';
import { notices } from './scripts/notices.ts';

/** What stays in node_modules: native code, Electron itself, and what is large and seldom needed. */
const EXTERNAL = ['electron', 'better-sqlite3', 'keytar', 'playwright-core'];

/** Shipped as it is built; the maps are for whoever looks for a fault, and stay out of the package. */
const common = { emptyOutDir: true, minify: true, sourcemap: true } as const;

/**
 * The tray application, three targets: `--mode main` (Node inside Electron, ES modules), `--mode preload` (one
 * CommonJS file, as a sandboxed preload script has to be) and `--mode renderer` (the window's page).
 */
const TARGETS: Readonly<Record<string, UserConfig>> = {
  main: {
    plugins: [notices()],
    ssr: { noExternal: true, external: EXTERNAL },
    build: {
      ...common,
      ssr: 'src/main/index.ts',
      outDir: 'out/main',
      target: 'node24',
      rollupOptions: { output: { entryFileNames: 'index.js', chunkFileNames: '[name].js' } },
    },
  },
  preload: {
    plugins: [notices()],
    ssr: { noExternal: true, external: ['electron'] },
    build: {
      ...common,
      ssr: 'src/preload/index.ts',
      outDir: 'out/preload',
      target: 'node24',
      rollupOptions: { output: { format: 'cjs', entryFileNames: 'index.cjs', codeSplitting: false } },
    },
  },
  renderer: {
    root: 'src/renderer',
    base: './',
    plugins: [react(), notices()],
    build: {
      ...common,
      outDir: '../../out/renderer',
      target: 'chrome142',
      modulePreload: { polyfill: false },
    },
  },
};

export default defineConfig(({ mode }) => {
  const target = TARGETS[mode];
  if (target === undefined) throw new Error(`--mode ${Object.keys(TARGETS).join(' | ')}`);
  return { logLevel: 'error', ...target };
});
