// Writes crawlers.tsv from the npm package crawler-user-agents (MIT), at the version that package-lock.json names:
//   node collector/data/crawlers.mjs
// Its patterns are regular expressions, nearly all of them plain names; only plain names are taken. What bots.tsv
// names already is left out, and so are names that people's browsers and devices bear too.
import { readFileSync, writeFileSync } from 'node:fs';

const list = new URL('../../node_modules/crawler-user-agents/', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', list), 'utf8'));

/** The package's tags, the most telling first, and the kind that events get. */
const KINDS = {
  'ai-crawler': 'ai_crawler',
  'browser-automation': 'browser_automation',
  'social-preview': 'social_preview',
  'feed-reader': 'feed_reader',
  'search-engine': 'search_engine',
  scanner: 'security_scanner',
  advertising: 'advertising',
  monitoring: 'monitoring',
  archiver: 'archiver',
  'http-library': 'http_library',
  seo: 'seo',
  academic: 'crawler',
};

/** Shorter names are found by chance in builds and models. */
const NAME_LENGTH_MIN = 5;

/** Names that are parts of browsers', apps' or devices' user agents. */
const AMBIGUOUS = new Set([
  'ap3a.240617.008', 'butterfly', 'code/1.', 'expanse', 'fever', 'fluid', 'podimo', 'sogou', 'sonic', 'speedy', 'viber',
  'whatsapp',
]);

const own = readFileSync(new URL('bots.tsv', import.meta.url), 'utf8')
  .split('\n').filter((line) => line && !line.startsWith('#')).map((line) => line.split('\t')[0]);

/** The text that a pattern stands for, `^` before it when bound to the start; nothing when it is no plain name. */
const plain = (pattern) => {
  const [, start, body] = /^(\^?)(.*)$/s.exec(pattern);
  const text = body
    .replace(/\[([a-z])([a-z])\]/gi, (all, a, b) => (a.toLowerCase() == b.toLowerCase() ? a : all))
    .replace(/\\([^a-z0-9])/gi, (_, character) => `\u0000${character}`);
  if (/[[\](){}*+?|^$\\.]/.test(text.replace(/\u0000./g, ''))) return undefined;
  const name = text.replace(/\u0000/g, '').toLowerCase();
  return name.trim().length < NAME_LENGTH_MIN && !start || /\t|[^\x20-\x7e]/.test(name) ? undefined : start + name;
};

const lines = new Map();
for (const { pattern, tags = [] } of JSON.parse(
  readFileSync(new URL('crawler-user-agents.json', list), 'utf8'),
)) {
  const name = plain(pattern);
  const kind = KINDS[Object.keys(KINDS).find((tag) => tags.includes(tag))] ?? 'crawler';
  if (!name || AMBIGUOUS.has(name) || lines.has(name)) continue;
  // A known name within this one has the say.
  if (own.some((token) => (token.startsWith('^') ? name == token : name.includes(token)))) continue;
  lines.set(name, kind);
}
// Of two names the longer says more.
const sorted = [...lines].sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1));
writeFileSync(new URL('crawlers.tsv', import.meta.url), [
  '# Automated clients by what their user agent says of itself: token, kind, as in bots.tsv, which comes first.',
  `# Made by crawlers.mjs from crawler-user-agents ${version}, Copyright (c) 2017 Martin Monperrus and contributors,`,
  '# MIT licence; see NOTICE.',
  ...sorted.map((line) => line.join('\t')),
  '',
].join('\n'));
console.log(`${sorted.length} names`);
