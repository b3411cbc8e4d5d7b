/** Names of countries and languages in the reader's language; the code itself when it is unknown. */

export function countryName(code: string, locale: string): string {
  return displayName(code.toUpperCase(), 'region', locale);
}

export function languageName(tag: string, locale: string): string {
  const name = displayName(tag, 'language', locale);
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
}

function displayName(code: string, type: 'region' | 'language', locale: string): string {
  if (code === '') return '';
  try {
    return new Intl.DisplayNames([locale], { type }).of(code) ?? code;
  } catch {
    // Not a well-formed code: show what came.
    return code;
  }
}
