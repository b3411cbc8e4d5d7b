// Writes src/pages/live/world.json: the shapes of the countries, from Natural Earth (public domain) as the npm package
// world-atlas has it. `make world` runs it.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Units of the map from one side to the other: one is five kilometres at the equator. */
const width = 8_000;
/** Units that a border may lie beside where it is. */
const tolerance = 1.2;
/** Islands below so many square units are left out, unless a country is nothing else. */
const area_min = 12;
/** What belongs to a country's frame: its largest part, and others of at least this share of it. */
const framed_share = 0.25;
/** Nobody lives there. */
const left_out = new Set(['AQ']);
/** Those without a number of ISO 3166-1 that have a code in use. */
const codes_by_name = { Kosovo: 'XK' };

/** Equal Earth (Šavrič, Patterson and Jenny 2018): areas are as large as they are. */
function project([longitude, latitude]) {
  const [a1, a2, a3, a4, root] = [1.340264, -0.081106, 0.000893, 0.003796, Math.sqrt(3)];
  const theta = Math.asin((root / 2) * Math.sin((latitude * Math.PI) / 180));
  const [square, sixth] = [theta ** 2, theta ** 6];
  const x = (2 * root * ((longitude * Math.PI) / 180) * Math.cos(theta)) / (3 * (9 * a4 * theta ** 8 + 7 * a3 * sixth + 3 * a2 * square + a1));
  const y = theta * (a1 + a2 * square + sixth * (a3 + a4 * square));
  const unit = width / 5.4133;
  return [x * unit + width / 2, 1.3173 * unit - y * unit];
}

/** Longitudes that go on beyond 180 degrees where a line crosses there. */
function unwrapped(line) {
  let [before, turns] = [line[0][0], 0];
  return line.map(([longitude, latitude]) => {
    if (Math.abs(longitude - before) > 180) turns += longitude < before ? 360 : -360;
    before = longitude;
    return [longitude + turns, latitude];
  });
}

/** What stands for a line within the tolerance (Ramer, Douglas and Peucker): its ends, and what lies furthest between. */
function simplified(points) {
  if (points.length < 3) return points;
  const [from, to] = [project(points[0]), project(points.at(-1))];
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  let [furthest, most] = [0, 0];
  for (let index = 1; index < points.length - 1; index += 1) {
    const [x, y] = project(points[index]);
    const [px, py] = [x - from[0], y - from[1]];
    const distance = length === 0 ? Math.hypot(px, py) : Math.abs(px * dy - py * dx) / length;
    if (distance > most) [furthest, most] = [index, distance];
  }
  if (most <= tolerance) return [points[0], points.at(-1)];
  return [...simplified(points.slice(0, furthest + 1)).slice(0, -1), ...simplified(points.slice(furthest))];
}

function areaOf(ring) {
  return Math.abs(ring.reduce((sum, [x, y], index) => sum + x * ring[(index + 1) % ring.length][1] - ring[(index + 1) % ring.length][0] * y, 0)) / 2;
}

/** A ring as a path of whole units, each point told from the one before. */
function pathOf(ring) {
  let [x, y] = [Math.round(ring[0][0]), Math.round(ring[0][1])];
  const text = `M${x},${y}l`;
  const told = [];
  for (const point of ring.slice(1)) {
    const [next_x, next_y] = point.map(Math.round);
    if (next_x === x && next_y === y) continue;
    told.push(`${next_x - x},${next_y - y}`);
    [x, y] = [next_x, next_y];
  }
  // Less than a unit is drawn as one.
  if (told.length < 2) told.splice(0, told.length, '1,0', '0,1', '-1,0');
  return `${text}${told.join(' ').replace(/[ ,]-/g, '-')}z`;
}

export function shapesOf(topology) {
  const { scale, translate } = topology.transform;
  // What crosses the 180th meridian is drawn as one. Neighbours share their borders, so these are made simple once for both.
  const exact = topology.arcs.map((arc) => {
    let [x, y] = [0, 0];
    return unwrapped(arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]));
  });
  const simple = exact.map(simplified);
  const ringOf = (arcs) => (indexes) => {
    const ring = unwrapped(indexes.flatMap((index) => (index < 0 ? arcs[~index].toReversed() : arcs[index]).slice(0, -1)));
    const longitudes = ring.map(([longitude]) => longitude);
    const turn = Math.round((Math.min(...longitudes) + Math.max(...longitudes)) / 720) * 360;
    return ring.map(([longitude, latitude]) => project([longitude - turn, latitude]));
  };
  const shapes = {};
  for (const { id, properties, type, arcs: of } of topology.objects.countries.geometries) {
    const code = id === undefined ? codes_by_name[properties.name] : new Intl.Locale(`und-${id}`).region;
    if (!/^[A-Z]{2}$/.test(code ?? '') || left_out.has(code) || of === undefined) continue;
    const polygonsOf = (arcs) => (type === 'Polygon' ? [of] : of).map((rings) => rings.map(ringOf(arcs))).filter(([outer]) => outer.length > 2);
    // Of the smallest nothing would be left.
    const polygons = polygonsOf(simple).length > 0 ? polygonsOf(simple) : polygonsOf(exact);
    const largest = Math.max(...polygons.map(([outer]) => areaOf(outer)));
    const kept = polygons.filter(([outer]) => areaOf(outer) >= Math.min(area_min, largest));
    const framed = kept.filter(([outer]) => areaOf(outer) >= framed_share * largest).flatMap(([outer]) => outer);
    const side = (of_point, choose) => Math.round(framed.map(of_point).reduce((a, b) => choose(a, b)));
    const [left, top] = [side(([x]) => x, Math.min), side(([, y]) => y, Math.min)];
    const [right, bottom] = [side(([x]) => x, Math.max), side(([, y]) => y, Math.max)];
    const path = kept.flatMap((rings) => rings.filter((ring) => ring.length > 2).map(pathOf)).join('');
    // Of some the islands far away stand by themselves.
    const other = shapes[code];
    const isLarger = other === undefined || largest > other.largest;
    shapes[code] = { path: (other?.path ?? '') + path, frame: isLarger ? [left, top, right - left, bottom - top] : other.frame, largest: Math.max(largest, other?.largest ?? 0) };
  }
  return Object.fromEntries(Object.entries(shapes).map(([code, { path, frame }]) => [code, { path, frame }]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const shapes = shapesOf(JSON.parse(readFileSync(process.argv[2], 'utf8')));
  const lines = Object.keys(shapes).sort().map((code) => `${JSON.stringify(code)}:${JSON.stringify(shapes[code])}`);
  writeFileSync(process.argv[3], `{\n${lines.join(',\n')}\n}\n`);
}
