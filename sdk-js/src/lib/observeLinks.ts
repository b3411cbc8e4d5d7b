import { labelOf, placeOf, targetOf } from './describe.js';
import { guard } from './guard.js';
import type { Track } from './recording.js';

const FILE =
  /\.(pdf|xlsx?|docx?|pptx?|od[tsp]|rtf|csv|txt|epub|zip|rar|7z|gz|tgz|tar|dmg|pkg|exe|msi|apk|iso|mp[34]|m4[av]|wav|ogg|webm|mov|avi|ics|vcf|gpx)$/i;

const withoutWww = (host: string): string => host.replace(/^www\.|\.$/g, '');

/** Whether a host is the page's own, or one is a subdomain of the other. */
export const isSameSite = (host: string, page: string): boolean => {
  const [a, b] = [withoutWww(host), withoutWww(page)];
  return a == b || a.endsWith('.' + b) || b.endsWith('.' + a);
};

/** Records clicks on links that lead to another site or to a file. */
export const observeLinks = (track: Track): void => {
  const clicked = guard((event: MouseEvent) => {
    // The other buttons open menus; the middle one opens a tab.
    if (event.button > 1) return;
    const link = event.composedPath().find((node) => /^a(rea)?$/i.test((node as Element).nodeName)) as
      | (Element & { href?: string | SVGAnimatedString })
      | undefined;
    const href = link?.href;
    const place = href && placeOf(typeof href == 'string' ? href : href.baseVal);
    if (!link || !place) return;
    const file = link.hasAttribute('download') || FILE.test(place.pathname);
    if (!file && isSameSite(place.hostname, location.hostname)) return;
    track({
      kind: file ? 'download' : 'outbound',
      target: targetOf(link),
      text: labelOf(link),
      href: place.href,
    });
  });
  // First in line: a page may stop the event.
  addEventListener('click', clicked, true);
  addEventListener('auxclick', clicked, true);
};
