// Loads one of the SDK's own TypeScript modules, fresh on every call.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
let copies = 0;

/** The exports of `src/lib/{name}.ts`. Module state is not shared between calls. */
export const load = async (name) => {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [`src/lib/${name}.ts`],
    bundle: true,
    format: 'esm',
    target: 'es2020',
    define: { SDK: '"orma-js/test"' },
    write: false,
  });
  const code = `${outputFiles[0].text}\n// copy ${++copies}`;
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
};
