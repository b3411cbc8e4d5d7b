import { useEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Link, useNavigate, useParams } from 'react-router';
import { questions } from '../../api/questions';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { choices, personPath, sitePath } from '../../state/address';
import { addressOfList, lastPlace } from '../../state/place';
import { useFormat, useSite } from '../../state/site';
import { useChoice, useSharedQuery, useTexts } from '../../state/useAddress';
import { foldJourney } from '../../steps/fold';
import { Card } from '../../ui/Card';
import { Explain } from '../../ui/Explain';
import { ExportButton } from '../../ui/ExportButton';
import { Icon } from '../../ui/Icon';
import { EmptyState, ErrorState, Skeleton } from '../../ui/states';
import { Segments } from '../../ui/Tabs';
import './journey.css';
import { JourneyTools } from './JourneyTools';
import './person.css';
import { PersonCard } from './PersonCard';
import { IdentityPanel } from './identity/IdentityPanel';
import { chapterAnchor, Ribbon } from './Ribbon';
import { layRibbon } from './ribbon-layout';
import { isEverything, selectSteps, type Selection } from './select';
import { beginningId, Trail } from './Trail';
import { useJourney } from './useJourney';
import { useOpenChapters } from './useOpenChapters';

/** Of the export. */
const export_sessions = 200;
const everything: Selection = { touchpoint: '', kind: '' };

export default function Journey() {
  const { person: id = '' } = useParams();
  const { t } = useI18n();
  const { site, name: siteName } = useSite();
  const { locale, timeZone } = useFormat();
  const navigate = useNavigate();
  const [order, setOrder] = useChoice('order');
  const [bots, setBots] = useChoice('bots');
  const [view, setView] = useChoice('of');
  const [selection, select] = useSelection();
  const [toBeginning, setToBeginning] = useState(false);
  const partly = !isEverything(selection);
  const oldestFirst = order === 'oldest';
  // The beginning is only known when everything is; so is what there is of a kind.
  const whole = oldestFirst || partly || toBeginning;
  const include = bots === 'with' ? 'bots' : undefined;
  const journey = useJourney(site, id, include, whole);
  const newestEvent = journey.sessions?.[0]?.events[0]?.event_id ?? '';
  const person = useAnswer(questions.person(site, id));
  // The card is asked at once, and again only when something happens.
  const { retry: askAgain } = person;
  const changed = () => {
    askAgain();
    journey.reload();
  };
  const carded = useRef({ id, newestEvent });
  useEffect(() => {
    const before = carded.current;
    carded.current = { id, newestEvent };
    if (before.id === id && before.newestEvent !== '' && before.newestEvent !== newestEvent) askAgain();
  }, [id, newestEvent, askAgain]);
  const all = useMemo(() => foldJourney(journey.sessions ?? []), [journey.sessions]);
  const chapters = useMemo(() => selectSteps(all, selection), [all, selection]);
  const openChapters = useOpenChapters(chapters, journey.fresh, partly);
  const known = person.data?.person;
  const ribbon = useMemo(
    () => layRibbon(chapters, person.data?.first_seen ?? '', journey.more),
    [chapters, person.data?.first_seen, journey.more],
  );
  const name = person.data ? personName(person.data.traits, person.data.person, person.data.identified, t('people.anonymous')) : '';
  const list = useList();
  const choose = (chapter: string) => {
    flushSync(() => openChapters.set([chapter], true));
    show(chapterAnchor(chapter));
  };

  useEffect(() => {
    if (!toBeginning || journey.more) return;
    setToBeginning(false);
    show(beginningId);
    document.getElementById(beginningId)?.focus({ preventScroll: true });
  }, [toBeginning, journey.more]);
  useEffect(() => {
    document.title = `${name || t('journey.steps')} · ${siteName || site} · orma`;
  }, [name, siteName, site, t]);
  useEffect(() => {
    // A visitor who has been recognised lives under the user's id from now on.
    if (known && known !== id && !person.stale) {
      void navigate(personPath(site, known) + window.location.search, { replace: true });
    }
  }, [known, id, site, navigate, person.stale]);

  const error = person.data ? undefined : person.error;
  if (error?.status === 404) {
    return (
      <EmptyState
        whole
        title={t('journey.unknown')}
        hint={t('journey.unknown.hint')}
        action={{ label: t('journey.back'), to: list }}
      />
    );
  }
  return (
    <div className="page">
      <Link className="back-link" to={list} state={{ returning: true }}>
        <Icon name="back" size={16} />
        {t('journey.back')}
      </Link>
      {!person.data && <h1 className="sr-only">{t('journey.steps')}</h1>}
      <div className="journey-layout">
        <aside className="journey-person" aria-label={t('journey.card')} tabIndex={0}>
          {person.data ? <PersonCard person={person.data} name={name} changed={changed} /> : error ? <ErrorState error={error} retry={person.retry} /> : <Card><Skeleton lines={7} /></Card>}
        </aside>
        <div className="journey-main">
          <Segments
            label={t('identity.view')}
            choices={choices.of.map((one) => ({ id: one, label: t(`identity.view.${one}`) }))}
            selected={view}
            onSelect={setView}
          />
          {view === 'identity' ? <IdentityPanel person={known ?? id} changed={changed} /> : (
            <>
              {ribbon && ribbon.steps > 0 && <Ribbon ribbon={ribbon} locale={locale} timeZone={timeZone} choose={choose} />}
              <div className="journey-head">
                <h2>{t('journey.steps')}<Explain of="journey" name={t('journey.steps')} /></h2>
                <span className="journey-live quiet">
                  <span className="pulse" aria-hidden="true" />
                  {t('journey.live')}
                </span>
                <ExportButton
                  what={t('journey.steps')}
                  question={questions.journey(site, id, { limit: export_sessions, include })}
                  name="journey"
                />
                <Segments
                  label={t('journey.order')}
                  choices={choices.order.map((one) => ({ id: one, label: t(`journey.order.${one}`) }))}
                  selected={order}
                  onSelect={setOrder}
                />
              </div>
              <JourneyTools
                all={all}
                shown={chapters}
                selection={selection}
                select={select}
                openChapters={openChapters}
                toBeginning={oldestFirst ? undefined : () => setToBeginning(true)}
              >
                <label className="check">
                  <input type="checkbox" checked={bots === 'with'} onChange={(event) => setBots(event.target.checked ? 'with' : 'without')} />
                  <span>{t('journey.bots')}</span>
                </label>
              </JourneyTools>
              {whole && journey.more && journey.sessions && !journey.moreError && (
                <p className="quiet" role="status" data-testid="journey-reading">{t('journey.reading', { count: journey.sessions.length })}</p>
              )}
              {journey.moreError && <ErrorState error={journey.moreError} retry={journey.loadMore} />}
              {journey.error && !journey.sessions ? (
                <ErrorState error={journey.error} retry={journey.retry} />
              ) : !journey.sessions || (oldestFirst && journey.more && !journey.moreError) ? (
                <Card><Skeleton lines={10} /></Card>
              ) : chapters.length === 0 ? (
                <EmptyState title={t(partly ? 'journey.filter.none' : 'journey.empty')}>
                  {partly && (
                    <button type="button" className="button" onClick={() => select(everything)}>{t('journey.filter.clear')}</button>
                  )}
                </EmptyState>
              ) : (
                <Trail
                  chapters={chapters}
                  partly={partly}
                  oldestFirst={oldestFirst}
                  journey={journey}
                  openChapters={openChapters}
                  personName={name}
                />
              )}
            </>
          )}
        </div>
      </div>
    </div>
  );
}

function personName(traits: Record<string, string>, id: string, identified: boolean, anonymous: string): string {
  return identified ? traits['name'] || traits['email'] || id : anonymous;
}

/** What of the journey is looked at, kept in the address. */
function useSelection(): [Selection, (selection: Selection) => void] {
  const [text, write] = useTexts();
  const touchpoint = text('touchpoint') ?? '';
  const kind = text('kind') ?? '';
  const selection = useMemo(() => ({ touchpoint, kind }), [touchpoint, kind]);
  return [selection, (next) => write({ touchpoint: next.touchpoint || null, kind: next.kind || null })];
}

/** The list of people as it was left. */
function useList(): string {
  const { site } = useSite();
  const [place] = useState(() => lastPlace());
  const path = sitePath(site, 'people');
  return addressOfList(place, path, path + useSharedQuery());
}

function show(id: string) {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  document.getElementById(id)?.scrollIntoView({ behavior: still ? 'auto' : 'smooth', block: 'start' });
}
