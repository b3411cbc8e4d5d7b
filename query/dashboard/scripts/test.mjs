// Bundles every test with esbuild (node 20 does not read TypeScript) and runs node's own test runner.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const project = fileURLToPath(new URL('..', import.meta.url));
const entryPoints = readdirSync(join(project, 'tests'))
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join(project, 'tests', name));
const outdir = mkdtempSync(join(tmpdir(), 'orma-dashboard-tests-'));

let status = 1;
try {
  await build({
    entryPoints,
    outdir,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    outExtension: { '.js': '.mjs' },
    logLevel: 'warning',
  });
  const bundles = readdirSync(outdir)
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => join(outdir, name));
  status = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...bundles], { stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
process.exit(status);
