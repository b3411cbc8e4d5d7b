import type { Options } from '../types.js';
import { commands } from './commands.js';
import { serve } from './dispatch.js';
import { guard } from './guard.js';
import { settleConsent } from './identity.js';
import { watchPages } from './pages.js';
import { configure } from './settings.js';

/** Starts the SDK, at once or when a prerendered page is shown. */
export const start = (options: Options, loadVitals: () => void): void => {
  const respect = options.respect as string;
  if (
    (/gpc/.test(respect) && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) ||
    (/dnt/.test(respect) && navigator.doNotTrack == '1')
  )
    // Nothing is sent and nothing stored; calls go nowhere.
    return serve({});

  const idle = (): void => {
    (self.requestIdleCallback || setTimeout)(loadVitals);
  };
  const begin = guard(() => {
    configure(options);
    settleConsent();
    // The calls that waited come first: a refusal or a user among them holds for the page view too.
    serve(commands);
    watchPages();
    if (!/off|false/.test(options.vitals as string))
      if (document.readyState == 'complete') idle();
      else addEventListener('load', idle);
  });
  if ((document as { prerendering?: boolean }).prerendering)
    addEventListener('prerenderingchange', begin, true);
  else begin();
};
