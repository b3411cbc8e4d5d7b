import { applyConsent, commands } from './commands.js';
import { dispatch, serve } from './dispatch.js';
import { guard } from './guard.js';
import { hooks } from './hooks.js';
import { settleConsent } from './identity.js';
import type * as Rest from './observe.js';
import { view, watchPages } from './pages.js';
import { settings } from './settings.js';
import { sites } from './sites.js';
import { track } from './track.js';
import { flush, load, queueKey, save, wait } from './transport.js';

/** Errors kept until the rest has come. */
const EARLY_ERRORS_MAX = 10;

type Commands = Record<string, (...args: any[]) => void>;

/**
 * Starts the SDK by its settings, at once or when a prerendered page is shown. `fetchRest` brings what can wait
 * until the page has loaded.
 */
export const start = (fetchRest: () => Promise<typeof Rest>): void => {
  sites[settings.site] = dispatch;

  const respect = settings.respect as string;
  if (
    (/gpc/.test(respect) && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) ||
    (/dnt/.test(respect) && +navigator.doNotTrack!)
  )
    // Nothing is sent and nothing stored; calls go nowhere.
    return serve(() => {});

  const loaded = (): void => {
    fetchRest().then(
      (rest) => rest.observe(settings, hooks, track, view, applyConsent, wait, queueKey, load, save, flush),
      () => {}, // a file that cannot be loaded costs what it does, nothing else
    );
  };
  const begin = guard(() => {
    for (const type of ['error', 'unhandledrejection'])
      addEventListener(type, (event) => hooks._errors[EARLY_ERRORS_MAX - 1] || hooks._errors.push(event));
    settleConsent();
    // The calls that waited come first: a refusal or a user among them holds for the page view too.
    serve(([name, ...args]) => (commands as Commands)[name as string]?.(...args));
    watchPages();
    if (document.readyState == 'complete') loaded();
    else addEventListener('load', loaded);
  });
  const ready = (): void => {
    if ((document as { prerendering?: boolean }).prerendering)
      addEventListener('prerenderingchange', begin, true);
    else begin();
  };
  if (/undefined|false/.test(settings.hash as string)) ready();
  // The first view needs a name that only the rest can give.
  else fetchRest().then((rest) => (hooks._shown = rest.route)).then(ready, ready);
};
