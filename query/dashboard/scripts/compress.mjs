// Writes a .br and a .gz beside every text asset, so that the server never compresses at run time,
// and prints the sizes. Files that do not shrink (fonts are brotli inside already) are left alone.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = process.argv[2] ?? 'dist';
const compressible = /\.(html|js|css|svg|json|txt|webmanifest)$/;

function* files(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else if (!/\.(br|gz)$/.test(name)) yield path;
  }
}

const totals = { raw: 0, gzip: 0, brotli: 0 };
for (const path of files(root)) {
  const raw = readFileSync(path);
  let gzip = raw;
  let brotli = raw;
  if (compressible.test(path)) {
    gzip = gzipSync(raw, { level: 9 });
    brotli = brotliCompressSync(raw, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
      },
    });
    writeFileSync(`${path}.gz`, gzip);
    writeFileSync(`${path}.br`, brotli);
  }
  totals.raw += raw.length;
  totals.gzip += gzip.length;
  totals.brotli += brotli.length;
  print(relative(root, path), raw.length, gzip.length, brotli.length);
}
print('total', totals.raw, totals.gzip, totals.brotli);

function print(name, raw, gzip, brotli) {
  const column = (value) => String(value).padStart(9);
  console.log(`${name.padEnd(52)}${column(raw)} raw${column(gzip)} gz${column(brotli)} br`);
}
