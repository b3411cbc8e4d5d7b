import type { ReactNode } from 'react';
import './heat.css';

interface HeatCellProps {
  /** The number as it is written, and what stands below it. */
  children: ReactNode;
  /** The number with what it counts, whose it is and when. */
  sentence: string;
  /** The sentence with what happens when it is pressed. */
  label: string;
  /** How strong its colour is, 0..1. */
  strength: number;
  isFinished?: boolean;
  isShown: boolean;
  /** Shows what is behind it; undefined where there is nothing. */
  show: (() => void) | undefined;
  /** Says the sentence to who points at the cell, and nothing when they leave. */
  tell: (sentence: string) => void;
}

/** A number on its colour. */
export function HeatCell({ children, sentence, label, strength, isFinished = true, isShown, show, tell }: HeatCellProps) {
  const pointing = {
    onPointerEnter: () => tell(sentence),
    onPointerLeave: () => tell(''),
    onFocus: () => tell(sentence),
    onBlur: () => tell(''),
  };
  const looks = { className: 'heat-cell', style: { '--heat': `${Math.round(strength * 42)}%` }, 'data-unfinished': !isFinished || undefined };
  return (
    <td className="heat-place">
      {show ? (
        <button type="button" {...looks} {...pointing} aria-label={label} aria-expanded={isShown} onClick={show}>
          {children}
        </button>
      ) : (
        <span {...looks} {...pointing}>
          <span aria-hidden="true">{children}</span>
          <span className="sr-only">{sentence}</span>
        </span>
      )}
    </td>
  );
}
