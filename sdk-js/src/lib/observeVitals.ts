import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals/attribution';
import type { MetricWithAttribution } from 'web-vitals/attribution';
import type { Vital } from '../types.js';
import { listen } from './listen.js';

const target = (metric: MetricWithAttribution): string | undefined => {
  switch (metric.name) {
    case 'LCP':
      return metric.attribution.target;
    case 'CLS':
      return metric.attribution.largestShiftTarget;
    case 'INP':
      return metric.attribution.interactionTarget;
    default:
      return undefined;
  }
};

/**
 * Reports each metric once: LCP, FCP and TTFB when they are final, CLS and INP when the page is first
 * hidden. A page restored from the back/forward cache is measured anew.
 */
export const observeVitals = (report: (vital: Vital) => void): void => {
  const reported = new Set<string>();
  const once = (metric: MetricWithAttribution): void => {
    // web-vitals reports a metric again when it has grown by the next time the page hides.
    if (reported.has(metric.id)) return;
    reported.add(metric.id);
    report({
      name: metric.name,
      value: Math.round(metric.value * 1e4) / 1e4,
      rating: metric.rating,
      target: target(metric),
      // Loading belongs to the address that was loaded, wherever a single-page app has gone since.
      ...(metric.name != 'CLS' && metric.name != 'INP' && { url: metric.navigationURL }),
    });
  };
  try {
    onTTFB(once);
    onFCP(once);
    onLCP(once);
    onCLS(once);
    // web-vitals 6.2 misses, at the first hiding, an interaction that it has been told of and not yet
    // found the idle time to look at. By the time this listener runs, it has.
    let interactions: MetricWithAttribution | undefined;
    onINP((metric) => (interactions = metric), { reportAllChanges: true });
    listen('visibilitychange', () => {
      if (document.hidden && interactions) once(interactions);
    });
  } catch {
    // A browser without these observers has no vitals to report.
  }
};
