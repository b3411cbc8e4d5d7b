import type { NewsletterNumbers } from '../../api/types';
import { formatMoney, formatNumber, formatRate, missing } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { readerCounts } from '../../state/address';
import { rateOf } from './rates';
import { ReportLink } from './ReportLink';

/** Each number with what it counts. */
export function Totals({ numbers }: { numbers: NewsletterNumbers }) {
  const { t, locale } = useI18n();
  return (
    <dl className="newsletter-numbers" data-testid="newsletter-totals">
      {readerCounts.map((name) => {
        const rate = rateOf(name, numbers);
        const value = numbers[name];
        return (
          <div key={name} data-number={name}>
            <dt>{t(`newsletter.${name}`)}</dt>
            <dd>
              <strong>
                {value == null ? missing : value === 0 ? '0' : (
                  <ReportLink change={{ who: name }} label={t('newsletter.people.open', { number: t(`newsletter.${name}`), count: formatNumber(value, locale) })}>
                    {formatNumber(value, locale)}
                  </ReportLink>
                )}
              </strong>
              {rate && <span className="small">{t(`newsletter.rate.${rate.of}`, { rate: formatRate(rate.rate, locale) })}</span>}
              <span className="quiet small">{t(`newsletter.def.${name}`)}</span>
            </dd>
          </div>
        );
      })}
      <div data-number="revenue">
        <dt>{t('newsletter.revenue')}</dt>
        <dd>
          <strong className="money">{formatMoney(numbers.revenue, locale)}</strong>
          <span className="quiet small">{t('newsletter.def.revenue')}</span>
        </dd>
      </div>
    </dl>
  );
}
