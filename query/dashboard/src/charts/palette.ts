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
  /** Of things of one kind, told from each other by nothing else. */
  readonly hues: readonly string[];
}

const properties: Readonly<Record<Exclude<keyof Palette, 'hues'>, string>> = {
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

/** The properties of `hues`, in their order. */
export const hueProperties = ['--tp-site', '--tp-promotion', '--tp-app', '--tp-shop', '--tp-newsletter', '--tp-chat', '--tp-social', '--tp-survey'] as const;

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const valueOf = (property: string) => style.getPropertyValue(property).trim();
  const read = (name: keyof typeof properties) => valueOf(properties[name]);
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
    hues: hueProperties.map(valueOf),
  };
}
