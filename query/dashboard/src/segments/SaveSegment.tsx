import { useMutation, useQueryClient, type QueryClient, type QueryKey } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import { changes } from '../api/changes';
import type { PeoplePage } from '../api/types';
import type { PageQuestion } from '../api/usePages';
import { problemText } from '../format/codes';
import { formatDay } from '../format/time';
import { useI18n } from '../i18n/context';
import { useFormat, useSite } from '../state/site';
import { Popover } from '../ui/Popover';
import { builderPath, segmentPath, type Proposal } from './link';
import { segmentError } from './problem';

/** More are not taken at once. */
const people_max = 100_000;

interface SaveSegmentProps<K extends QueryKey> {
  name: string;
  rule: Omit<Proposal, 'name'> | undefined;
  question: (cursor: string | undefined) => PageQuestion<PeoplePage, K>;
}

/** Keeps the people behind a number: by the rule that holds for them, or one by one. */
export function SaveSegment<K extends QueryKey>({ name, rule, question }: SaveSegmentProps<K>) {
  const i18n = useI18n();
  const { t, locale } = i18n;
  const { timeZone } = useFormat();
  const { site } = useSite();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const saving = useMutation({
    mutationFn: async () => {
      const people = await everybody(cache, question);
      const called = `${name} · ${formatDay(new Date().toISOString(), locale, timeZone)}`;
      const { segment } = await changes.addSegment(site, { name: called, people });
      await navigate(segmentPath(site, segment));
    },
  });
  const problem = segmentError(saving.error);
  return (
    <Popover icon="segments" label={t('segments.saveAs')} title={t('segments.saveAs')}>
      {() => (
        <div className="form-stack">
          {rule ? (
            <>
              <p className="small">{t('segments.saveAs.rule.text', { count: rule.days })}</p>
              <Link className="button button-main" to={builderPath(site, { ...rule, name })}>{t('segments.saveAs.rule')}</Link>
            </>
          ) : (
            <p className="small">{t('segments.saveAs.noRule')}</p>
          )}
          <p className="small">{t('segments.saveAs.list.text')}</p>
          <button type="button" className="button" disabled={saving.isPending} onClick={() => saving.mutate()}>
            {saving.isPending ? t('app.loading') : t('segments.saveAs.list')}
          </button>
          {problem && <p className="form-error small" role="alert">{problemText(problem, i18n)}</p>}
        </div>
      )}
    </Popover>
  );
}

/** All people of a list, each once. */
async function everybody<K extends QueryKey>(cache: QueryClient, question: SaveSegmentProps<K>['question']): Promise<string[]> {
  const people = new Set<string>();
  const { signal } = new AbortController();
  let cursor: string | undefined;
  do {
    const page = await question(cursor).askOnce(cache, signal);
    for (const { person } of page.items) people.add(person);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && people.size <= people_max);
  return [...people];
}
