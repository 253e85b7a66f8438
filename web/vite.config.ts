import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const page = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env.SYNCWATCH_URL ?? 'http://127.0.0.1:8080';

/** An invite opens the room's page: it is fetched beside the main chunk, not after it. */
const roomPageEarly: Plugin = {
  name: 'room-page-early',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { path, bundle = {} }) =>
      Object.values(bundle)
        .filter((file) => file.type === 'chunk' && file.name === 'RoomPage' && path === '/index.html')
        .map(({ fileName }) => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', crossorigin: true, href: `/${fileName}` },
          injectTo: 'head',
        })),
  },
};

export default defineConfig({
  plugins: [react(), tailwindcss(), roomPageEarly],
  build: {
    target: 'es2022',
    // light-dark() must not be compiled away: parts of the page have their own colour scheme.
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    rolldownOptions: { input: { main: page('index.html'), docs: page('api-docs/index.html') } },
    // Names have hashes, so that browsers may cache the files for ever.
    assetsInlineLimit: 0,
    // The viewer of the API documents is one large file of its own.
    chunkSizeWarningLimit: 2000,
  },
  worker: { format: 'es' },
  server: {
    proxy: {
      '/api': server,
      '/media': server,
      '/ws': { target: server, ws: true },
      '/api-docs/openapi.json': server,
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['{src,sim}/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
