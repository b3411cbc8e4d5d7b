// Writes src/api/names.ts: the names that the API's document has in the patterns of its parameters, as lists.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const project = new URL('..', import.meta.url);

/** The generated file, of the text of the API's document. */
export function namesOf(document) {
  const { paths } = JSON.parse(document);
  const pattern = (path, name) => {
    const { schema } = paths[`/api/v1/sites/{site}${path}`].get.parameters.find((one) => one.name === name);
    return schema.pattern ?? schema.items.pattern;
  };
  const names = (path, name) => /\(([a-z_|]+)\)/.exec(pattern(path, name))[1].split('|');
  const operators = /:\(([a-z_|]+)\):/.exec(pattern('/stats', 'filter'))[1].split('|');
  const lists = [
    ['dimensions', 'Dimension', 'What numbers can be divided by and filtered on.', names('/stats', 'group_by')],
    ['webDimensions', 'WebDimension', 'What the quality of pages can be divided by.', names('/quality/web', 'group_by')],
    ['appDimensions', 'AppDimension', 'What the quality of the app can be divided by.', names('/quality/app', 'group_by')],
    ['metrics', 'ApiMetric', 'What can be counted.', names('/stats', 'metrics')],
    ['operators', 'Operator', 'How a filter compares.', operators],
  ];
  const texts = lists.map(
    ([list, type, says, all]) =>
      `/** ${says} */\nexport const ${list} = [\n${all.map((name) => `  '${name}',\n`).join('')}] as const;\nexport type ${type} = (typeof ${list})[number];\n`,
  );
  return `/** The names of the query API, from its OpenAPI document (\`npm run types\`). */\n\n${texts.join('\n')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const document = readFileSync(new URL('../openapi.json', project), 'utf8');
  writeFileSync(new URL('src/api/names.ts', project), namesOf(document));
}
