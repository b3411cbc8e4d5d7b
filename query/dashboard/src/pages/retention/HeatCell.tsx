import { useI18n } from '../../i18n/context';

interface HeatCellProps {
  share: string;
  /** The share with its counts, whose it is and when. */
  sentence: string;
  /** How strong its colour is, 0..1. */
  strength: number;
  isFinished: boolean;
  isShown: boolean;
  /** Shows the people behind it; undefined where there are none. */
  show: (() => void) | undefined;
  /** Says the sentence to who points at the cell, and nothing when they leave. */
  tell: (sentence: string) => void;
}

/** A percentage on its colour. */
export function HeatCell({ share, sentence, strength, isFinished, isShown, show, tell }: HeatCellProps) {
  const { t } = useI18n();
  const whole = isFinished ? sentence : t('retention.cell.unfinished', { text: sentence });
  const pointing = {
    onPointerEnter: () => tell(whole),
    onPointerLeave: () => tell(''),
    onFocus: () => tell(whole),
    onBlur: () => tell(''),
  };
  const looks = { className: 'heat-cell', style: { '--heat': `${Math.round(strength * 42)}%` }, 'data-unfinished': !isFinished || undefined };
  return (
    <td className="heat-place">
      {show ? (
        <button type="button" {...looks} {...pointing} aria-label={t('retention.cell.show', { text: whole })} aria-expanded={isShown} onClick={show}>
          {share}
        </button>
      ) : (
        <span {...looks} {...pointing}>
          <span aria-hidden="true">{share}</span>
          <span className="sr-only">{whole}</span>
        </span>
      )}
    </td>
  );
}
