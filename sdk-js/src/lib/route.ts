/**
 * The address shown, with the route behind its `#` in the path, where it is a page:
 * `/app/?a=1#/cart?b=2` is `/app/cart?a=1&b=2`. What a sign-in leaves there (`#access_token=…`) is no route.
 */
export const route = (href = location.href): string =>
  href.replace(
    /\/?(\?[^#]*)?#!?(?!\w*=)\/?([^?#]*)(\?.*)?$/,
    (_, query = '', path, rest = '') => `/${path}${query}${query ? rest.replace('?', '&') : rest}`,
  );
