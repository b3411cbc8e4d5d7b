/** Parts as the name of a file that every system takes: `Attività per ora` → `attivita-per-ora`. */
export function fileNameOf(parts: readonly string[]): string {
  return parts.map((part) => part.normalize('NFD').replace(/\p{Diacritic}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '')).filter((part) => part !== '').join('-');
}
