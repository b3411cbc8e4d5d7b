import { redact } from './redact.js';

const TEXT_CHARS_MAX = 100;

// A form's fields stand as properties on it, under names of the page's choice: `form.id` may be an input.
const attribute = (element: Element, name: string): string | null =>
  Element.prototype.getAttribute.call(element, name);

/** What an element is called on its page: `form#newsletter`, `a.button`. */
export const targetOf = (element: Element): string => {
  const [id, name, classes] = ['id', 'name', 'class'].map((key) => attribute(element, key));
  const mark = id ? `#${id}` : name ? `[name=${name}]` : classes ? `.${classes.trim().split(/\s+/)[0]}` : '';
  return Element.prototype.cloneNode.call(element, false).nodeName.toLowerCase() + mark;
};

/** What stands on a link or button, without e-mail addresses. */
export const labelOf = (element: Element): string | undefined =>
  redact((attribute(element, 'aria-label') || element.textContent || '').trim().replace(/\s+/g, ' '))
    .slice(0, TEXT_CHARS_MAX) || undefined;

/** Where a link or form leads: an address without user, query and fragment, which may carry secrets. */
export const placeOf = (href: string): URL | undefined => {
  try {
    const url = new URL(href, document.baseURI);
    if (!/^https?:$/.test(url.protocol)) return undefined;
    url.username = url.password = url.search = url.hash = '';
    return url;
  } catch {
    return undefined;
  }
};
