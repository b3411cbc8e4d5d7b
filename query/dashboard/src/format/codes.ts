import type { ApiError } from '../api/error';
import type { Translator } from '../i18n/translate';
import { readableAddress } from './address';

/** What went wrong, in the reader's language: the API's own words are English, its code is stable. */
export function problemText(error: Pick<ApiError, 'status' | 'code'>, { t, named }: Translator): string {
  if (error.status === 0) return t('error.unreachable');
  const known = named('problem', error.code);
  if (known !== undefined) return known;
  if (error.status === 403) return t('error.forbidden');
  // A proxy before orma has words of its own, or none.
  if (error.status === 429) return t('problem.busy');
  return t('error.server', { status: String(error.status) });
}

/** What is wrong with an event: the collector's own words to who reads English, else the field they begin with. */
export function faultText(message: string, { language, t }: Translator): string {
  if (language === 'en') return message;
  const field = /^([A-Za-z_][\w.[\]-]*):/.exec(message)?.[1];
  return field === undefined ? '' : t('error.field', { field });
}

/** A property as a pair for people; what only the site's owner knows stays as it was sent. */
export function propertyText(name: string, value: string, { named }: Translator): [name: string, value: string] {
  const known = name === 'outcome' || name === 'status' ? named('outcome', value) : undefined;
  return [named('prop', name) ?? name, known ?? (name === 'href' ? readableAddress(value) : value)];
}

/** Why a mail's hit was judged as it was: `many_links`, or `scanner: NAME`. */
export function verdictReasonText(reason: string, { t, named }: Translator): string {
  const [kind = '', name = ''] = reason.split(': ');
  if (name !== '' && kind === 'scanner') return t('verdictReason.scanner', { name });
  if (name !== '' && kind === 'bot') return t('verdictReason.bot', { name });
  return named('verdictReason', reason) ?? reason;
}
