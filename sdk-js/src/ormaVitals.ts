// The snippet's third file, fetched by the second where vitals are wanted.
export { observeVitals } from './lib/observeVitals.js';
