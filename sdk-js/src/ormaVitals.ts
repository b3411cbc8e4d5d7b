// The second file of the snippet, fetched by the core when the page is idle.
import { observeHints } from './lib/observeHints.js';
import { observeVitals } from './lib/observeVitals.js';
import type { Orma } from './types.js';

observeVitals((vital) => (window as unknown as { orma?: Orma }).orma?.('vital', vital));
observeHints();
