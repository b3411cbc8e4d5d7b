import { Icon } from './Icon';

/** Initials for somebody known, a hollow circle for somebody anonymous. */
export function Avatar({ name, identified, large = false }: { name: string; identified: boolean; large?: boolean }) {
  const className = `avatar${identified ? '' : ' avatar-anonymous'}${large ? ' avatar-large' : ''}`;
  return (
    <span className={className} aria-hidden="true">
      {identified ? initials(name) : <Icon name="person" size={large ? 26 : 18} />}
    </span>
  );
}

function initials(name: string): string {
  const words = name.replace(/@.*/, '').split(/[\s._-]+/).filter(Boolean);
  return words.slice(0, 2).map((word) => word.charAt(0).toUpperCase()).join('');
}
