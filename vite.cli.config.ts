import { defineConfig } from 'vite';

/**
 * The command line as plain JavaScript in out/cli: a small entry that any Node can parse, and one file a
 * command. What has native code or is large stays in node_modules, and is loaded when it is needed.
 */
export default defineConfig({
  logLevel: 'warn',
  ssr: { noExternal: ['commander', 'zod'] },
  build: {
    ssr: 'src/cli/index.ts',
    outDir: 'out/cli',
    target: 'node22',
    emptyOutDir: true,
    rollupOptions: { output: { entryFileNames: 'index.js', chunkFileNames: '[name].js' } },
  },
});
