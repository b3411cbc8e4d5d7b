/** Text without what may be private in it: the queries of addresses, and e-mail addresses. */
export const redact = (text: string): string =>
  text
    .replace(/(\w+:\/\/[^\s?#]*)[?#][^\s"')]*/g, '$1')
    .replace(/[^\s"'<>(=]+@[^\s"'<>)]+\.\w+/g, '…@…');
