import path from 'node:path'
import { defineConfig } from 'vite'

const WORKER = 'src/views/what-if/worker'

/** Everything comes from the console itself, and nothing is inline: its Content-Security-Policy forbids the rest. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  // A worker asks the browser for Temporal first, and loads the polyfill only where it has none.
  resolve: {
    alias: [{ find: /^temporal-polyfill$/, replacement: path.join(import.meta.dirname, WORKER, 'temporal.ts') }],
  },
  worker: {
    format: 'es',
    rolldownOptions: {
      output: {
        chunkFileNames: ({ moduleIds }) =>
          moduleIds.some((id) => id.includes('temporal-polyfill'))
            ? 'assets/temporal-polyfill-[hash].js'
            : 'assets/[name]-[hash].js',
      },
    },
  },
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // Small pieces that several views use come in one file, which is packed better than many.
        codeSplitting: {
          groups: [{ name: 'shared', test: /page\/src\/(api|commands|formats|history|parts)\//, minShareCount: 2 }],
        },
      },
    },
  },
})
