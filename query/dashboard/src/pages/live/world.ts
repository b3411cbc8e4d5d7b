import type { LiveCountry, LivePlace } from '../../api/types';

/** A rectangle on the map: left, top, width, height. */
export type Frame = readonly [number, number, number, number];

/** A country on the map: its outline, and the rectangle around its main parts. */
export interface Shape {
  readonly path: string;
  readonly frame: Frame;
}

export type World = Readonly<Record<string, Shape | undefined>>;

/** All of the map, in its own units: one is five kilometres at the equator. Nobody lives further south. */
export const wholeWorld: Frame = [60, 0, 7_900, 3_480];
/** How wide the picture is for its height. */
export const aspect = 2;
/** Less is not shown: around a small country lies what it is known by. */
const width_min = 1_000;
/** What is left free around the countries, of their width and height together. */
const margin = 0.12;
/** Numbers that stand on the map, of the countries with the most visitors, and how far apart: of the picture's width. */
const labels_max = 15;
const label_distance = 0.045;
/** Shades of countries; the darkest has the most visitors. */
export const shades = 5;

let loading: Promise<World> | undefined;

/** The shapes, when they have come; asked for again when they are needed and did not. */
export function loadWorld(): Promise<World> {
  loading ??= import('./world.json').then((module) => module.default as unknown as World);
  return loading.catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
}

/** The part of the map that holds all of these, no closer than makes sense; the whole where there are none. */
export function frameAround(frames: readonly Frame[]): Frame {
  if (frames.length === 0) return shaped(wholeWorld);
  const left = Math.min(...frames.map(([x]) => x));
  const top = Math.min(...frames.map(([, y]) => y));
  const right = Math.max(...frames.map(([x, , width]) => x + width));
  const bottom = Math.max(...frames.map(([, y, , height]) => y + height));
  const edge = margin * Math.max(right - left, bottom - top);
  return shaped([left - edge, top - edge, right - left + 2 * edge, bottom - top + 2 * edge]);
}

/** The smallest frame around one that has the picture's shape, within the map where that is possible. */
function shaped([x, y, width, height]: Frame): Frame {
  const [world_x, world_y, world_width, world_height] = wholeWorld;
  const next_width = Math.max(width, height * aspect, width_min);
  const next_height = next_width / aspect;
  const within = (at: number, length: number, from: number, room: number) =>
    length >= room ? from + (room - length) / 2 : Math.min(Math.max(at, from), from + room - length);
  return [
    within(x + width / 2 - next_width / 2, next_width, world_x, world_width),
    within(y + height / 2 - next_height / 2, next_height, world_y, world_height),
    next_width,
    next_height,
  ];
}

/** From 1 to `shades`, by the share of the most; a country with few is told from one with none. */
export function shadeOf(visitors: number, most: number): number {
  return Math.max(1, Math.min(shades, Math.ceil((visitors / Math.max(1, most)) * shades)));
}

export function centreOf([x, y, width, height]: Frame): readonly [number, number] {
  return [x + width / 2, y + height / 2];
}

export interface Label {
  readonly country: string;
  readonly visitors: number;
  /** Of the picture's width and height, in percent. */
  readonly left: number;
  readonly top: number;
}

/** The numbers that stand on the map, none on another: those of the countries with the most visitors. */
export function labelsOf(countries: readonly LiveCountry[], world: World, [x, y, width, height]: Frame): Label[] {
  const labels: Label[] = [];
  for (const { country, visitors } of countries) {
    const shape = world[country];
    if (!shape || labels.length >= labels_max) continue;
    const [centre_x, centre_y] = centreOf(shape.frame);
    const [left, top] = [(centre_x - x) / width, (centre_y - y) / height];
    const isFree = labels.every((other) => Math.hypot(left - other.left / 100, (top - other.top / 100) / aspect) >= label_distance);
    if (isFree && left > 0 && left < 1 && top > 0 && top < 1) labels.push({ country, visitors, left: left * 100, top: top * 100 });
  }
  return labels;
}

/** Visitors of whom the map shows nothing: of no known country, or of one that it does not have. */
export function offTheMap(countries: readonly LiveCountry[], world: World): number {
  return countries.reduce((sum, { country, visitors }) => sum + (world[country] ? 0 : visitors), 0);
}

/** The countries with more visitors than before. */
export function arrivedIn(before: readonly LiveCountry[], now: readonly LiveCountry[]): Set<string> {
  const known = new Map(before.map(({ country, visitors }) => [country, visitors]));
  return new Set(now.filter(({ country, visitors }) => visitors > (known.get(country) ?? 0)).map(({ country }) => country));
}

/** `Bari, Puglia`, so far as it is known. */
export function placeName({ city, region }: LivePlace): string {
  return [city, region].filter((part, index, all) => part !== '' && all.indexOf(part) === index).join(', ');
}
