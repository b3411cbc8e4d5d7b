import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Link, useLocation, useNavigate, useParams } from 'react-router';
import { changes } from '../../api/changes';
import { asApiError } from '../../api/error';
import { questions } from '../../api/questions';
import type { Segment } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { problemText } from '../../format/codes';
import { formatNumber } from '../../format/number';
import { formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { builderPath, segmentPath } from '../../segments/link';
import { useListener } from '../../segments/useListener';
import { SaveReport } from '../../reports/SaveReport';
import { sitePath } from '../../state/address';
import { useFormat, useSite } from '../../state/site';
import { useChoice } from '../../state/useAddress';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { Icon } from '../../ui/Icon';
import { Page } from '../../ui/Page';
import { Skeleton } from '../../ui/states';
import { Tabs } from '../../ui/Tabs';
import { ListPeople } from './ListPeople';
import { Members } from './Members';
import { Pull } from './Pull';
import { SegmentChangesTable } from './SegmentChangesTable';
import { SegmentHistory } from './SegmentHistory';
import { membersHash, refreshOf, toldOf } from './told';
import { useAgain } from './useAgain';

const parts = ['members', 'changes', 'pull'] as const;

/** One segment: who is in it, who came and went, and how to pull it. */
export function SegmentPage() {
  const { t } = useI18n();
  const { site } = useSite();
  const { segment: id = '' } = useParams();
  const first = useAnswer(questions.segment(site, id));
  const answer = useAnswer(questions.segment(site, id), { refresh_ms: refreshOf(first.data ? [first.data] : []) });
  return (
    <Page title={answer.data?.name ?? t('segments.one')} controls={answer.data && <Acts segment={answer.data} />}>
      <Link className="segment-back" to={sitePath(site, 'segments')}>
        <Icon name="back" size={16} />
        {t('segments.all')}
      </Link>
      <Answered answer={answer} loading={<Card><Skeleton lines={6} tall /></Card>}>
        {(segment) => <Told segment={segment} />}
      </Answered>
    </Page>
  );
}

function Told({ segment }: { segment: Segment }) {
  const { t, locale } = useI18n();
  const { timeZone } = useFormat();
  const { site } = useSite();
  const segments = useAnswer(questions.segments(site)).data?.items ?? [];
  const listener = useListener(segments);
  const [part, show] = useChoice('part');
  const members = useMembersBelow();
  const { people, evaluated_at: at } = segment;
  const again = useAgain(segment.segment);
  const told = useRef(people);
  useEffect(() => {
    // What stands below is asked for once, and would not say who came.
    if (told.current !== people) again();
    told.current = people;
  }, [people, again]);
  return (
    <>
      <Card className="segment-told">
        <p className="builder-sentence" data-testid="sentence">{toldOf(segment, listener)}</p>
        <p className="segment-count" role="status" data-testid="segment-people">
          {people == null ? t('segments.counting.text') : <b>{t('counted.people', { count: people })}</b>}
          {at != null && <span className="quiet small"> {t('segments.counted', { when: formatShort(at, locale, timeZone) })}</span>}
        </p>
      </Card>
      <SegmentHistory segment={segment} />
      {segment.kind === 'list' && <ListPeople segment={segment} />}
      <div id={membersHash} ref={members}>
        <Card>
          <Tabs tabs={parts.map((id) => ({ id, label: t(`segments.part.${id}`) }))} selected={part} onSelect={show} label={segment.name}>
            {part === 'members' ? <Members segment={segment} /> : part === 'changes' ? <SegmentChangesTable segment={segment} /> : <Pull segment={segment} />}
          </Tabs>
        </Card>
      </div>
    </>
  );
}

/** Whoever came for the members is led to them. */
function useMembersBelow() {
  const { hash } = useLocation();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (hash !== `#${membersHash}`) return undefined;
    // The frame goes to the top of a new page first.
    const frame = requestAnimationFrame(() => place.current?.scrollIntoView());
    return () => cancelAnimationFrame(frame);
  }, [hash]);
  return place;
}

function Acts({ segment }: { segment: Segment }) {
  const i18n = useI18n();
  const { t, locale } = i18n;
  const { site } = useSite();
  const navigate = useNavigate();
  const { segment: id, name, condition, days, people } = segment;
  const removing = useMutation({
    mutationFn: async () => {
      await changes.removeSegment(site, id);
      await navigate(sitePath(site, 'segments'));
    },
  });
  return (
    <div className="segment-acts">
      <Link className="button button-quiet" to={`${segmentPath(site, id)}/edit`}>{t('segments.edit')}</Link>
      <SaveReport question="segment" body={{ segment: id }} />
      {condition && (
        <Link className="button button-quiet" to={builderPath(site, { name: t('segments.copyOf', { name }), condition, days: days ?? 30 })}>{t('segments.duplicate')}</Link>
      )}
      <Confirm
        label={t('segments.delete')}
        what={name}
        question={t('segments.delete.sure', { name })}
        consequence={t('segments.delete.consequence', { people: formatNumber(people ?? 0, locale) })}
        busy={removing.isPending}
        confirm={() => removing.mutate()}
      />
      {removing.error && <p className="form-error" role="alert">{problemText(asApiError(removing.error), i18n)}</p>}
    </div>
  );
}
