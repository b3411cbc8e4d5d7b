import { useId, type ReactNode } from 'react';
import { Explain } from './Explain';

interface CardProps {
  title?: string;
  /** The definition of what the card shows: its name in the dictionary. */
  explain?: string;
  aside?: ReactNode;
  className?: string;
  /** Content is older than what was asked for: dim it until the answer is there. */
  stale?: boolean;
  children: ReactNode;
}

export function Card({ title, explain, aside, className = '', stale = false, children }: CardProps) {
  const id = useId();
  return (
    <section className={`card ${className}`} aria-labelledby={title ? id : undefined} data-stale={stale || undefined}>
      {title && (
        <div className="card-head">
          <div>
            <h2 id={id} className="card-title">{title}</h2>
            {explain && <Explain of={explain} name={title} />}
          </div>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}
