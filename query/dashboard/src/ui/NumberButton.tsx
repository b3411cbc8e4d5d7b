interface NumberButtonProps {
  /** The number as it is written. */
  text: string;
  /** What it counts and what the button does; begins with the number. */
  title: string;
  /** Behind nobody there is nobody to show. */
  count: number;
  isShown: boolean;
  show: () => void;
}

/** A number that shows the people behind it. */
export function NumberButton({ text, title, count, isShown, show }: NumberButtonProps) {
  if (count === 0) return <span>{text}</span>;
  return (
    <button type="button" className="number-button" title={title} aria-label={title} aria-expanded={isShown} onClick={show}>
      {text}
    </button>
  );
}
