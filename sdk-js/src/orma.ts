// The snippet: one script tag that configures itself from its own attributes.
import { dispatch, waiting } from './lib/dispatch.js';
import { attempt } from './lib/guard.js';
import { start } from './lib/start.js';
import type { Options, Orma } from './types.js';

type Page = { orma?: Orma & { _loaded?: boolean } };

attempt(() => {
  const early = (self as Page).orma;
  const script = document.currentScript as HTMLScriptElement;
  // A second tag on the page must not count everything twice.
  if (early?._loaded) return;
  ((self as Page).orma = dispatch as Orma & { _loaded?: boolean })._loaded = true;
  waiting.push(...(early?.q || []));
  const options = { host: new URL(script.src).origin, ...script.dataset } as unknown as Options;
  start(options, () => {
    // Shorter than a script element; from another origin it needs the CORS header that the collector
    // puts on every answer.
    import(new URL('orma-vitals.js', script.src) as unknown as string).catch(() => {});
  });
});
