import { defineConfig } from 'vite';

export default defineConfig({
  // No part may become a `data:` address: the content security policy allows none to be fetched.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  // While developing: the package's WebAssembly lies beside it, and is not to be bundled with it.
  optimizeDeps: { exclude: ['studio-users'] },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
