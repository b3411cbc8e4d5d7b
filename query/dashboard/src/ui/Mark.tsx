/** orma's mark: a footprint, drawn with the colour of the text around it. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="currentColor" aria-hidden="true">
      <g transform="rotate(14 16 16)">
        <path d="M16.6 9.8c4.1-.2 6.8 2.7 6.6 6.3-.1 2.9-2 4.3-2.2 7.1-.1 3.1-1.8 5.6-4.6 5.6-2.9 0-4.4-2.3-4.3-5.3.1-3-2.2-4.5-2.1-7.6.1-3.5 2.8-5.9 6.6-6.1Z" />
        <circle cx="10" cy="6.7" r="2.8" />
        <circle cx="15.2" cy="4.6" r="2.05" />
        <circle cx="19.3" cy="4.9" r="1.75" />
        <circle cx="22.6" cy="6.6" r="1.5" />
        <circle cx="24.9" cy="9.3" r="1.25" />
      </g>
    </svg>
  );
}
