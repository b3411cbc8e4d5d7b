/** A name with its middle left out, where it is longer than so many letters. The end of a path says more than its beginning. */
export function shortened(name: string, letters: number): string {
  const all = [...name];
  if (all.length <= letters) return name;
  const kept = Math.max(3, letters - 1);
  const head = Math.floor(kept / 3);
  return `${all.slice(0, head).join('')}…${all.slice(all.length - (kept - head)).join('')}`;
}
