import { useId, type ReactNode } from 'react';

interface CardProps {
  title?: string;
  aside?: ReactNode;
  className?: string;
  /** Content is older than what was asked for: dim it until the answer is there. */
  stale?: boolean;
  children: ReactNode;
}

export function Card({ title, aside, className = '', stale = false, children }: CardProps) {
  const id = useId();
  return (
    <section className={`card ${className}`} aria-labelledby={title ? id : undefined} data-stale={stale || undefined}>
      {title && (
        <div className="card-head">
          <h2 id={id}>{title}</h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}
