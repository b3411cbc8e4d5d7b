// The snippet: one script that finds its options in its tag's attributes, in its own address, or in what the
// page left in `window.orma`: whichever the page or its tag manager leaves whole.
import { waiting } from './lib/dispatch.js';
import { attempt } from './lib/guard.js';
import { settings } from './lib/settings.js';
import { sites } from './lib/sites.js';
import { start } from './lib/start.js';
import type { Orma } from './types.js';

attempt(() => {
  const page = self as { orma?: Partial<Orma> };
  const early = page.orma;
  // A module does not know its tag.
  const script = document.currentScript || document.querySelector('script[src*="/orma."]');
  const { src, dataset } = (script || {}) as HTMLScriptElement;
  const address = new URL(src || location.href);
  Object.assign(
    settings,
    src && { host: address.origin, ...Object.fromEntries(address.searchParams) },
    early,
    dataset,
  );
  const { site, host } = settings;
  if (!site || !host) return console.warn('orma: no site');
  if (sites[site]) return;
  const calls = early?.q || [];
  waiting.push(...calls);
  // Where several sites count a page, a call is for all of them; a later tag finds the early calls again.
  page.orma = ((...call: unknown[]) => {
    for (const each in sites) sites[each](...call);
  }) as Orma;
  page.orma.q = calls;
  start(() => import(new URL('orma-idle.js', src || host + '/') as unknown as string));
});
