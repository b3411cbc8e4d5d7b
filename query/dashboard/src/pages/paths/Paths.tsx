import { useMemo, useRef } from 'react';
import { isTooBig } from '../../api/error';
import { questions } from '../../api/questions';
import type { Paths as Answer } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { SaveReport } from '../../reports/SaveReport';
import { useSite } from '../../state/site';
import { useChoice, useChoices, useFilters, usePeriod, useTexts } from '../../state/useAddress';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { FilterBar, NothingMatches } from '../../ui/FilterBar';
import { Page } from '../../ui/Page';
import { PeriodPicker } from '../../ui/PeriodPicker';
import { EmptyState, Skeleton } from '../../ui/states';
import { graphOf } from './graph';
import { LinkTable } from './LinkTable';
import './paths.css';
import { PathsOptions } from './PathsOptions';
import { PathsPicture } from './PathsPicture';
import { PathsPeople } from './PathsPeople';
import { directionOf, fieldOf, formatBehind, type PathsChoices } from './question';
import { Trail } from './Trail';
import { usePaths, type PathsState } from './usePaths';
import { useFinding, useWords } from './useWords';

const refresh_ms = 60_000;

/** What people do next: paths are chosen, walked step by step, and told. */
export default function Paths() {
  const { t } = useI18n();
  const { site } = useSite();
  const paths = usePaths();
  const answer = useAnswer(questions.paths(site, paths.request), { refresh_ms, enabled: paths.isReady });
  // An answer is told by what it was asked.
  const shown = useRef(paths.choices);
  if (!answer.stale) shown.current = paths.choices;
  const error = paths.isReady ? answer.error : undefined;
  const isOfField = fieldOf(error) !== undefined && !answer.data;
  return (
    <Page title={t('paths.title')} lead={t('paths.lead')} controls={<><SaveReport question="paths" body={paths.request} disabled={!paths.isReady} /><PeriodPicker /></>}>
      <FilterBar />
      <Card title={t('paths.options')}>
        <PathsOptions paths={paths} error={error} />
      </Card>
      {!paths.isReady ? (
        <Card><EmptyState title={t('event.unready')} hint={t('paths.unready.hint')} /></Card>
      ) : error && isTooBig(error) && !answer.data ? (
        <Card><TooBig /></Card>
      ) : isOfField ? (
        <Card><EmptyState title={t('event.mend')} hint={t('event.mend.hint')} /></Card>
      ) : (
        <Answered answer={answer} loading={<Card><Skeleton lines={6} tall /></Card>}>
          {(data) => <Told data={data} stale={answer.stale} shown={shown.current} paths={paths} />}
        </Answered>
      )}
    </Page>
  );
}

interface ToldProps {
  data: Answer;
  stale: boolean;
  shown: PathsChoices;
  paths: PathsState;
}

function Told({ data, stale, shown, paths }: ToldProps) {
  const direction = directionOf(shown);
  const graph = useMemo(() => graphOf(data.links, direction), [data, direction]);
  const part = { data, graph, shown, direction, stale, paths };
  const words = useWords(part);
  const finding = useFinding(part, words.who);
  // Of those that are walked from, the largest.
  const [largest] = (direction === 'backward' ? graph.columns.at(-1) : graph.columns[0]) ?? [];
  const isTold = data.journeys > 0 && data.links.length > 0;
  return (
    <>
      <Card className="findings" stale={stale}>
        <Trail paths={paths} />
        {isTold ? (
          <>
            <p className="finding" data-testid="paths-finding">{finding}</p>
            {largest && <p data-testid="paths-largest">{words.told(largest)}</p>}
          </>
        ) : data.journeys > 0 ? (
          <AllSmall count={data.left_out} />
        ) : (
          <Nobody paths={paths} />
        )}
      </Card>
      {isTold && <PathsPicture {...part} />}
      {isTold && <LinkTable {...part} />}
      {isTold && paths.behind && <PathsPeople key={formatBehind(paths.behind)} {...part} behind={paths.behind} />}
    </>
  );
}

function Nobody({ paths }: { paths: PathsState }) {
  const { t } = useI18n();
  const { filters } = useFilters();
  if (filters.length > 0) return <NothingMatches />;
  const { start, end } = paths.choices;
  if (!start && !end) return <EmptyState title={t('paths.empty')} hint={t('paths.empty.hint')} />;
  return (
    <EmptyState title={t('paths.empty.event')} hint={t('paths.empty.event.hint')}>
      <button type="button" className="button" onClick={paths.reset}>{t('paths.all')}</button>
    </EmptyState>
  );
}

/** Stands where no link was taken by as many as are asked for. */
function AllSmall({ count }: { count: number }) {
  const { t } = useI18n();
  const [, write] = useTexts();
  return (
    <EmptyState title={t('paths.small')} hint={t('paths.small.hint', { count })}>
      <button type="button" className="button" onClick={() => write({ least: null })}>{t('paths.small.show')}</button>
    </EmptyState>
  );
}

/** Stands where there are more events than one question may be about, with what makes it smaller. */
function TooBig() {
  const { t } = useI18n();
  const { timezone } = useSite();
  const { period, setPeriod } = usePeriod(timezone);
  const [nodes] = useChoice('nodes');
  const [scope] = useChoice('scope');
  const choose = useChoices();
  return (
    <EmptyState title={t('paths.tooBig')} hint={t('paths.tooBig.hint')}>
      <div className="state-actions">
        {(nodes !== 'pages' || scope !== 'session') && (
          <button type="button" className="button" onClick={() => choose({ nodes: 'pages', scope: 'session' })}>{t('paths.tooBig.pages')}</button>
        )}
        {period.name !== '7d' && period.name !== 'today' && (
          <button type="button" className="button" onClick={() => setPeriod({ name: '7d', compare: false })}>{t('paths.tooBig.week')}</button>
        )}
      </div>
    </EmptyState>
  );
}
