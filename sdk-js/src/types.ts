/** How the SDK is set up. The snippet's `data-` attributes carry the same fields. */
export interface Options {
  /** The site's write key. */
  site: string;
  /** The collector's base address; events go to `{host}/v1/events`. */
  host: string;
  /** Store nothing in the browser and send no visitor or session id. */
  cookieless?: boolean | string;
  /** Browser signals that silence the SDK altogether when they are set. */
  respect?: readonly ('gpc' | 'dnt')[] | string;
  /** `wait`: cookieless until `consent('granted')`. */
  consent?: 'wait' | string;
  /** `false` or `off` leaves Core Web Vitals unmeasured. */
  vitals?: boolean | string;
  /** `false` or `off` leaves errors, outbound links, downloads and forms unrecorded. */
  auto?: boolean | string;
  /** The page stands behind the `#` of the address: `/#/cart` is `/cart`. */
  hash?: boolean | string;
}

/** Free properties of an event; an object of any type will do. */
export type Props = object;

/** Money: `amount` is sent as a decimal string. */
export interface Revenue {
  amount: string | number;
  /** ISO 4217 code. */
  currency: string;
}

/** The choice a visitor made. */
export type ConsentState = 'granted' | 'denied';

/** What a page view says of itself; the document's own values when left out. */
export interface PageView {
  /** Absolute, or relative to the document. */
  url?: string;
  title?: string;
}

/** One Core Web Vital, ready to be sent. */
export interface Vital {
  name: 'LCP' | 'INP' | 'CLS' | 'FCP' | 'TTFB';
  /** Milliseconds; CLS has no unit. */
  value: number;
  rating: 'good' | 'needs-improvement' | 'poor';
  /** Selector of the element that decided the value. */
  target?: string;
  /** The page it was measured on; the page now in view when left out. */
  url?: string;
}

/** The global that the snippet defines. */
export interface Orma {
  (command: 'init', options: Options): void;
  (command: 'event', name: string, props?: Props): void;
  (command: 'identify', user: string, traits?: Props): void;
  (command: 'reset'): void;
  (command: 'consent', state: ConsentState): void;
  (command: 'page', view?: PageView): void;
  (command: string, ...args: unknown[]): void;
  /** Calls made before the script had loaded. */
  q?: Iterable<Iterable<unknown>>;
}
