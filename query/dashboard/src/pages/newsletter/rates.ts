import type { NewsletterNumbers } from '../../api/types';

export type Base = 'sent' | 'delivered' | 'visits';

/**
 * What share a number is, and of what. None where the whole is not known or is smaller: mails that were sent before the
 * period are opened within it.
 */
export function rateOf(name: keyof NewsletterNumbers, numbers: NewsletterNumbers): { rate: number; of: Base } | undefined {
  const of = baseOf(name, numbers);
  const part = numbers[name];
  const whole = of && numbers[of];
  if (!of || typeof part !== 'number' || typeof whole !== 'number' || whole === 0 || part > whole) return undefined;
  return { rate: part / whole, of };
}

/** Mails are measured by what arrived, where the mail tool says so, and by what was sent otherwise. */
function baseOf(name: keyof NewsletterNumbers, numbers: NewsletterNumbers): Base | undefined {
  switch (name) {
    case 'delivered':
    case 'bounced':
      return 'sent';
    case 'opened':
    case 'opened_by_machines':
    case 'clicked':
    case 'clicked_by_machines':
      return (numbers.delivered ?? 0) > 0 ? 'delivered' : 'sent';
    case 'orders':
      return 'visits';
    default:
      return undefined;
  }
}
