import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The simulator as one file for Node.js: its sources are written for a bundler, as the client's are. */
export default defineConfig({
  root: here('.'),
  build: {
    ssr: here('main.ts'),
    outDir: here('../node_modules/.sim'),
    emptyOutDir: true,
    target: 'node20',
    minify: false,
  },
  logLevel: 'warn',
});
