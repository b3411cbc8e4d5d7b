// The snippet's second file, fetched by the core when the page has loaded.
export { observe, route } from './lib/observe.js';
