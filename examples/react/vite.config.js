import { defineConfig } from 'vite';

export default defineConfig({
  // Keeps assets as files: the content security policy forbids fetching `data:` URLs.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  // For the development server: the package loads its WebAssembly by a relative URL, which pre-bundling would break.
  optimizeDeps: { exclude: ['studio-users'] },
  // A demo answers requests for its own host only.
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', changeOrigin: true } } },
});
