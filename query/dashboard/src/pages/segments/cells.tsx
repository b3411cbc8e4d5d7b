import { Link } from 'react-router';
import { formatMoment, formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { personPath } from '../../state/address';
import { useFormat, useSite } from '../../state/site';
import { useSharedQuery } from '../../state/useAddress';

/** A person by id, with the way to the journey. */
export function PersonCell({ person }: { person: string }) {
  const { site } = useSite();
  const shared = useSharedQuery();
  return <Link to={personPath(site, person) + shared}>{person}</Link>;
}

export function Moment({ at }: { at: string }) {
  const { locale } = useI18n();
  const { timeZone } = useFormat();
  return <time dateTime={at} title={formatMoment(at, locale, timeZone)}>{formatShort(at, locale, timeZone)}</time>;
}
