import { useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { asApiError, type ApiError } from '../../api/error';
import type { LiveCountry, LiveSnapshot } from '../../api/types';
import { countryName } from '../../format/names';
import { formatNumber } from '../../format/number';
import { formatTime, localDate } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { sitePath, writeFilters, writePeriod } from '../../state/address';
import { useFormat, useSite } from '../../state/site';
import { useChoice } from '../../state/useAddress';
import { BarList, type BarRow } from '../../ui/BarList';
import { Card } from '../../ui/Card';
import { ExportTable } from '../../ui/ExportButton';
import { PictureButton } from '../../ui/PictureButton';
import { ErrorState, Skeleton } from '../../ui/states';
import { useValueName } from '../../ui/useValueName';
import { arrivedIn, centreOf, frameAround, labelsOf, loadWorld, offTheMap, placeName, shadeOf, shades, type Frame, type Label, type World } from './world';

/** Rows of the list beside the map; all are in its CSV. */
const rows_max = 8;
/** Countries that are told of the picture to those who do not see it; the list has them all. */
const told_max = 5;

/** Where the visitors of the last minutes are: a map that shows the part of the world where they are, and the same as a list. */
export function LiveMap({ snapshot }: { snapshot: LiveSnapshot }) {
  const { t, locale } = useI18n();
  const { timeZone } = useFormat();
  const [part, setPart] = useChoice('map');
  const { world, failed, retry } = useWorld();
  const holder = useRef<HTMLDivElement>(null);
  const today = localDate(Date.parse(snapshot.now), timeZone);
  const period = { from: today, to: today };
  const title = t('live.map');
  const valueName = useValueName();
  const rows = () => [
    [t('live.map.country'), t('live.map.code'), t('live.map.region'), t('live.map.city'), t('metric.visitors')],
    ...snapshot.countries.map(({ country, visitors }) => [valueName('country', country), country, '', '', visitors]),
    ...snapshot.places.map(({ country, region, city, visitors }) => [valueName('country', country), country, region, city, visitors]),
  ];
  return (
    <Card
      title={title}
      explain="live.map"
      className="live-map-card"
      aside={
        <div className="card-aside">
          <button type="button" className="button button-quiet" aria-pressed={part === 'world'} onClick={() => setPart(part === 'world' ? 'visitors' : 'world')}>
            {t('live.map.world')}
          </button>
          <ExportTable what={title} name="live-countries" period={period} rows={rows} />
          <PictureButton what={title} title={`${title}, ${formatTime(snapshot.now, locale, timeZone)}`} period={period} of={holder} />
        </div>
      }
    >
      <div className="live-map" ref={holder}>
        {world ? (
          <Picture world={world} countries={snapshot.countries} isWhole={part === 'world'} />
        ) : failed ? (
          <ErrorState error={failed} retry={retry} />
        ) : (
          <Skeleton lines={6} tall />
        )}
        <PlaceList snapshot={snapshot} world={world} />
      </div>
    </Card>
  );
}

interface PictureProps {
  world: World;
  countries: readonly LiveCountry[];
  isWhole: boolean;
}

function Picture({ world, countries, isWhole }: PictureProps) {
  const { t, locale } = useI18n();
  const valueName = useValueName();
  const arrived = useArrived(countries);
  const codes = countries.map(({ country }) => country).sort().join();
  // Numbers that change move nothing: only who comes from elsewhere does.
  const frame = useMemo(
    () => frameAround(isWhole ? [] : codes.split(',').map((code) => world[code]?.frame).filter((one) => one !== undefined)),
    [world, codes, isWhole],
  );
  const most = Math.max(1, ...countries.filter(({ country }) => world[country]).map(({ visitors }) => visitors));
  const told = countries.slice(0, told_max).map(({ country, visitors }) => `${valueName('country', country)} ${formatNumber(visitors, locale)}`);
  const summary = countries.length === 0 ? t('live.map.nobody') : t('live.map.summary', { places: new Intl.ListFormat(locale).format(told), count: countries.length });
  return (
    <figure className="live-map-figure">
      <div className="live-map-picture">
        <svg viewBox={frame.join(' ')} role="img" aria-label={summary} data-testid="live-map" data-part={isWhole ? 'world' : 'visitors'}>
          <Land world={world} />
          {countries.map(({ country, visitors }) => {
            const shape = world[country];
            return shape && (
              <path key={country} className="live-map-country" data-country={country} data-shade={shadeOf(visitors, most)} d={shape.path}>
                <title>{`${countryName(country, locale)}: ${formatNumber(visitors, locale)}`}</title>
              </path>
            );
          })}
          {[...arrived.countries].map((country) => {
            const shape = world[country];
            return shape && <Ripple key={`${country} ${arrived.time}`} frame={shape.frame} size={frame[2] / 25} />;
          })}
        </svg>
        {labelsOf(countries, world, frame).map((label) => <Count key={label.country} label={label} />)}
      </div>
      <figcaption className="live-map-legend quiet small">
        <span>{t('live.map.few')}</span>
        {Array.from({ length: shades }, (_, index) => <span key={index} className="live-map-shade" data-shade={index + 1} aria-hidden="true" />)}
        <span>{t('live.map.most', { count: most })}</span>
      </figcaption>
    </figure>
  );
}

/** What is there whoever comes: drawn once. */
function Land({ world }: { world: World }) {
  return useMemo(() => <path className="live-map-land" d={Object.values(world).map((shape) => shape?.path).join('')} />, [world]);
}

/** Somebody has just come: where motion is not wanted, the number alone says so. */
function Ripple({ frame, size }: { frame: Frame; size: number }) {
  const [x, y] = centreOf(frame);
  return <circle className="live-map-ripple" cx={x} cy={y} r={size} aria-hidden="true" />;
}

function Count({ label: { country, visitors, left, top } }: { label: Label }) {
  const { locale } = useI18n();
  return (
    <span className="live-map-number" data-country={country} style={{ left: `${left}%`, top: `${top}%` }} aria-hidden="true">
      {formatNumber(visitors, locale)}
    </span>
  );
}

/** Countries, each with the regions and cities that are known; each row leads to the people of today from there. */
function PlaceList({ snapshot: { countries, places, visitors }, world }: { snapshot: LiveSnapshot; world: World | undefined }) {
  const { t, locale } = useI18n();
  const { site } = useSite();
  const navigate = useNavigate();
  const valueName = useValueName();
  const open = (dimension: 'country' | 'region' | 'city', value: string) => () => {
    const parameters = writePeriod(new URLSearchParams(), { name: 'today', compare: false });
    const filtered = writeFilters(parameters, [{ dimension, operator: 'is', value: value.replaceAll(',', '\\,') }]);
    void navigate(`${sitePath(site, 'people')}?${filtered.toString()}`);
  };
  const row = (dimension: 'country' | 'region' | 'city', value: string, label: string, count: number): BarRow => ({
    key: `${dimension} ${value} ${label}`,
    label,
    value: count,
    text: formatNumber(count, locale),
    // Of what is not known nobody can be asked for.
    ...(value !== '' && { choose: open(dimension, value), chooseLabel: t('live.map.people'), hint: t('live.map.people') }),
  });
  const shown = countries.slice(0, rows_max);
  const hidden = countries.length - shown.length;
  const missing = world ? offTheMap(countries, world) : 0;
  if (visitors === 0) return <p className="quiet">{t('live.map.nobody')}</p>;
  return (
    <div className="live-map-list" data-testid="live-places">
      <BarList rows={shown.map(({ country, visitors: count }) => row('country', country, valueName('country', country), count))} unit={t('metric.visitors')} />
      {hidden > 0 && <p className="quiet small">{t('live.map.more', { count: hidden })}</p>}
      {places.length > 0 && (
        <>
          <h3 className="live-map-cities">{t('live.map.cities')}</h3>
          <BarList
            rows={places.slice(0, rows_max).map((place) =>
              row(place.city === '' ? 'region' : 'city', place.city || place.region, `${placeName(place)} (${place.country})`, place.visitors),
            )}
            unit={t('metric.visitors')}
          />
        </>
      )}
      {missing > 0 && <p className="quiet small">{t('live.map.missing', { count: missing })}</p>}
    </div>
  );
}

/** The countries that have more visitors than a snapshot before; nobody has arrived when the page is opened. */
function useArrived(countries: readonly LiveCountry[]): { countries: ReadonlySet<string>; time: number } {
  const before = useRef(countries);
  const [arrived, setArrived] = useState<{ countries: ReadonlySet<string>; time: number }>({ countries: new Set(), time: 0 });
  useEffect(() => {
    const found = arrivedIn(before.current, countries);
    before.current = countries;
    if (found.size > 0) setArrived(({ time }) => ({ countries: found, time: time + 1 }));
  }, [countries]);
  return arrived;
}

/** The shapes, which only this page needs. */
function useWorld(): { world: World | undefined; failed: ApiError | undefined; retry: () => void } {
  const [world, setWorld] = useState<World>();
  const [failed, setFailed] = useState<ApiError>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isGone = false;
    setFailed(undefined);
    loadWorld().then(
      (loaded) => !isGone && setWorld(loaded),
      (error: unknown) => !isGone && setFailed(asApiError(error)),
    );
    return () => void (isGone = true);
  }, [attempt]);
  return { world, failed, retry: () => setAttempt((before) => before + 1) };
}
