import { defineConfig, type Plugin } from 'vite';

/**
 * The command line as plain JavaScript in out/cli: a small entry that any Node can parse, and one file a
 * command. What has native code or is large stays in node_modules, and is loaded when it is needed.
 */
export default defineConfig({
  logLevel: 'warn',
  plugins: [withoutChildProcess()],
  ssr: { noExternal: ['commander', 'zod'] },
  build: {
    ssr: 'src/cli/index.ts',
    outDir: 'out/cli',
    target: 'node22',
    emptyOutDir: true,
    rollupOptions: { output: { entryFileNames: 'index.js', chunkFileNames: '[name].js' } },
  },
});

/** commander loads node:child_process for commands that are programs of their own. Jeton has none, and is faster. */
function withoutChildProcess(): Plugin {
  const stub = '\0no-child-process';
  return {
    name: 'without-child-process',
    enforce: 'pre',
    resolveId: (source, importer) =>
      source === 'node:child_process' && importer?.includes('/node_modules/commander/') ? stub : undefined,
    load: (id) => (id === stub ? 'export default undefined;' : undefined),
  };
}
