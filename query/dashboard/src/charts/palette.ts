/** The colours of the page as ECharts needs them: values, not custom properties. */
export interface Palette {
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  readonly previous: string;
  readonly good: string;
  readonly middle: string;
  readonly poor: string;
}

const properties: Readonly<Record<keyof Palette, string>> = {
  ink: '--ink',
  quiet: '--ink-2',
  line: '--line',
  surface: '--surface',
  accent: '--accent',
  previous: '--previous',
  good: '--good',
  middle: '--middle',
  poor: '--poor',
};

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: keyof Palette) => style.getPropertyValue(properties[name]).trim();
  return {
    ink: read('ink'),
    quiet: read('quiet'),
    line: read('line'),
    surface: read('surface'),
    accent: read('accent'),
    previous: read('previous'),
    good: read('good'),
    middle: read('middle'),
    poor: read('poor'),
  };
}
