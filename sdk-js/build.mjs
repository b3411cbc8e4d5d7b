// Builds dist/: the snippet (orma.js) and the files that it fetches when the page is idle (orma-idle.js,
// orma-vitals.js), the npm module with types, its CommonJS twin, and sizes.json. Fails when the snippet's core is over
// its budget. The core carries no head comment: it would cost it bytes, and `sdk` in every request says what it is.
// Beside them segment/: Segment's own script, which the collector gives to pages that carry Segment's snippet. What the
// collector serves lies there compressed, too.
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import esbuild from 'esbuild';
import { minify } from 'terser';

/** Bytes of orma.js after gzip -9. */
const CORE_GZIP_BYTES_MAX = 2600;

const root = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(root, 'dist');
const require = createRequire(import.meta.url);
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const webVitals = path.resolve(path.dirname(require.resolve('web-vitals')), '..');
const webVitalsVersion = JSON.parse(await readFile(path.join(webVitals, 'package.json'), 'utf8')).version;

const withVitals =
  `/*! orma-vitals ${version} | Apache-2.0 | contains web-vitals ${webVitalsVersion}, ` +
  'Copyright Google LLC, Apache-2.0, https://www.apache.org/licenses/LICENSE-2.0 */';

/** One syntax level for all files: Chrome 80, Firefox 74, Safari 14 (all of 2020). */
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  mangleProps: /^_/,
  // The same in every file and version: a browser may have one file of yesterday. These letters compress best.
  mangleCache: { _deliver: 's', _errors: 'i', _look: 'e', _measure: 'y', _shown: 'a', _sign: 'r', _url: 't' },
  target: 'es2020',
  legalComments: 'none',
  // Without it esbuild writes "use strict" into a file that a module's strictness has checked already.
  tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
  define: { SDK: JSON.stringify(`orma-js/${version}`) },
  write: false,
};

const compress = async (code, preamble, module) => {
  const result = await minify(code, {
    ecma: 2020,
    module,
    toplevel: true,
    // Calls of functions with more than a return are shorter inlined, but compress worse.
    compress: { passes: 4, inline: 1, unsafe_arrows: true },
    format: { comments: false, preamble },
  });
  // One word for both compresses better, and means the same: what nobody assigns to may be assigned to.
  return result.code.replace(/\bconst\b/g, 'let');
};

/** Leaves the import of one source to another file of dist/. */
const leaveTo = (filter, file) => ({
  name: 'leave',
  setup: ({ onResolve }) => onResolve({ filter }, () => ({ path: file, external: true })),
});

const buildScript = async (entry, name, { banner, ...options }) => {
  const { outputFiles } = await esbuild.build({ ...common, minify: false, entryPoints: [entry], ...options });
  await writeFile(path.join(dist, name), await compress(outputFiles[0].text, banner, options.format == 'esm'));
};

const buildModule = async () => {
  const { outputFiles } = await esbuild.build({
    ...common,
    entryPoints: ['src/index.ts'],
    format: 'esm',
    splitting: true,
    outdir: 'dist',
    chunkNames: '[name]-[hash]',
  });
  for (const { path: file, text } of outputFiles) {
    const banner = path.basename(file).startsWith('observeVitals') ? `${withVitals}\n` : '';
    await writeFile(file, banner + text);
  }
};

/** For `require`: the same in a folder of its own, in which .js is CommonJS; the rest stays a module. */
const buildCommonJs = async () => {
  const folder = path.join(dist, 'cjs');
  await mkdir(folder);
  await writeFile(path.join(folder, 'package.json'), '{"type":"commonjs"}\n');
  await buildScript('src/index.ts', 'cjs/index.js', {
    format: 'cjs',
    plugins: [leaveTo(/\/observe\.js$/, '../orma-idle.js')],
  });
  for (const name of (await readdir(dist)).filter((file) => file.endsWith('.d.ts')))
    await copyFile(path.join(dist, name), path.join(folder, name));
};

const buildTypes = async () => {
  execFileSync(process.execPath, [
    require.resolve('typescript/bin/tsc'),
    ...['-p', root, '--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', dist],
  ], { stdio: 'inherit' });
  // Public declarations name only types.ts; the rest is inner.
  await rm(path.join(dist, 'lib'), { recursive: true });
  for (const entry of ['orma', 'ormaIdle', 'ormaVitals']) await rm(path.join(dist, `${entry}.d.ts`));
};

/**
 * Segment's script asks the host of its own address for everything else, but believes in https alone; so it is told the
 * host by the script's address, whatever the protocol.
 */
const tellHost =
  '!function(){var s=document.currentScript,m=s&&/^(.*)\\/analytics\\.js\\/v1\\//.exec(s.src),' +
  'a=m&&window[s.getAttribute("data-global-segment-analytics-key")||"analytics"];a&&(a._cdn=a._cdn||m[1])}();\n';

/** Segment's script, with the files that it fetches: unchanged but for the line that tells it its host. */
const copySegment = async () => {
  const from = path.dirname(require.resolve('@segment/analytics-next/package.json'));
  const { version: segmentVersion } = require('@segment/analytics-next/package.json');
  const umd = path.join(from, 'dist', 'umd');
  const folder = path.join(dist, 'segment');
  await mkdir(folder);
  const head = `/*! @segment/analytics-next ${segmentVersion} | MIT | Copyright Segment, https://github.com/segmentio/analytics-next */\n`;
  for (const name of (await readdir(umd)).filter((file) => /^(standalone|[\w-]+\.bundle\.[0-9a-f]+)\.js$/.test(file))) {
    const code = (await readFile(path.join(umd, name), 'utf8')).replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, '\n');
    await writeFile(path.join(folder, name), (name === 'standalone.js' ? head + tellHost : head) + code);
  }
  await copyFile(path.join(from, 'LICENSE.MD'), path.join(folder, 'analytics-next.LICENSE.txt'));
};

/** Writes the compressed forms of what the collector serves, each beside its file. */
const compressServed = async () => {
  for (const folder of [dist, path.join(dist, 'segment')]) {
    for (const name of (await readdir(folder)).filter((file) => /^(orma|.*\.bundle\.|standalone).*\.js$/.test(file))) {
      const file = path.join(folder, name);
      const code = await readFile(file);
      await writeFile(`${file}.br`, brotliCompressSync(code));
      await writeFile(`${file}.gz`, gzipSync(code, { level: 9 }));
    }
  }
};

const measure = async () => {
  const sizes = {};
  for (const name of (await readdir(dist)).filter((file) => file.endsWith('.js')).sort()) {
    const code = await readFile(path.join(dist, name));
    sizes[name] = { raw: code.length, gzip: gzipSync(code, { level: 9 }).length };
  }
  await writeFile(path.join(dist, 'sizes.json'), JSON.stringify(sizes, null, 2) + '\n');
  console.table(sizes);
  return sizes;
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
await buildScript('src/orma.ts', 'orma.js', { format: 'iife' });
await buildScript('src/ormaIdle.ts', 'orma-idle.js', {
  format: 'esm',
  plugins: [leaveTo(/\/observeVitals\.js$/, './orma-vitals.js')],
});
await buildScript('src/ormaVitals.ts', 'orma-vitals.js', { format: 'esm', banner: withVitals });
await buildModule();
await buildTypes();
await buildCommonJs();
await copyFile(path.join(webVitals, 'LICENSE'), path.join(dist, 'web-vitals.LICENSE.txt'));
await copySegment();
await compressServed();

const core = (await measure())['orma.js'].gzip;
if (core > CORE_GZIP_BYTES_MAX) {
  console.error(`orma.js is ${core} bytes gzip, ${core - CORE_GZIP_BYTES_MAX} over the budget of ${CORE_GZIP_BYTES_MAX}`);
  process.exitCode = 1;
}
console.log(`orma.js: ${CORE_GZIP_BYTES_MAX - core} of ${CORE_GZIP_BYTES_MAX} bytes left`);
