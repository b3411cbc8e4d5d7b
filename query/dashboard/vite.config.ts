import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // The server's content security policy has no font-src data:, so nothing may be inlined.
    assetsInlineLimit: 0,
    // The polyfill is an inline script, which the content security policy refuses.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': 'http://127.0.0.1:8080',
      '/demo': 'http://127.0.0.1:8080',
    },
  },
});
