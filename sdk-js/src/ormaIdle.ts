// The snippet's second file, fetched by the core when the page is idle.
export { observe, route } from './lib/observe.js';
