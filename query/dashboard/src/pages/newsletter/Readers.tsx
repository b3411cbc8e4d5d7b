import { Link } from 'react-router';
import { questions } from '../../api/questions';
import { useAnswer } from '../../api/useAnswer';
import { formatNumber } from '../../format/number';
import { formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { personPath, type ReaderCount } from '../../state/address';
import { useFormat, useSite } from '../../state/site';
import { useSharedQuery } from '../../state/useAddress';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { ExportButton } from '../../ui/ExportButton';
import { Skeleton } from '../../ui/states';
import { ReportLink } from './ReportLink';

interface ReadersProps {
  number: ReaderCount;
  query: Readonly<Record<string, string | undefined>>;
}

/** The people behind a number, each with the way to the journey. */
export function Readers({ number, query }: ReadersProps) {
  const { t, locale } = useI18n();
  const { timeZone } = useFormat();
  const { site } = useSite();
  const shared = useSharedQuery();
  const { from, to, campaign } = query;
  const asked = { number, from, to, campaign };
  const people = useAnswer(questions.newsletterPeople(site, asked));
  return (
    <Card
      title={t('newsletter.people', { number: t(`newsletter.${number}`) })}
      stale={people.stale}
      aside={
        <span className="newsletter-actions">
          <ExportButton
            what={t('newsletter.people', { number: t(`newsletter.${number}`) })}
            question={questions.newsletterPeople(site, { ...asked, limit: 1000 })}
            name={`newsletter-${number}`}
          />
          <ReportLink change={{ who: null }}>{t('newsletter.people.close')}</ReportLink>
        </span>
      }
    >
      <Answered answer={people} loading={<Skeleton lines={3} />}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="list-empty">{t('newsletter.people.none')}</p>
          ) : (
            <ul className="readers" data-testid="readers">
              {items.map((one) => (
                <li key={one.person}>
                  <Link to={personPath(site, one.person) + shared}>{one.person}</Link>
                  <span className="quiet small">
                    {one.count > 1 && <>{formatNumber(one.count, locale)} × · </>}
                    <time dateTime={one.last_at}>{formatShort(one.last_at, locale, timeZone)}</time>
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
      {people.data?.more && <p className="quiet small">{t('newsletter.people.more')}</p>}
    </Card>
  );
}
