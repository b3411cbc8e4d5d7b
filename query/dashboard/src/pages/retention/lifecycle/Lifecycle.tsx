import { questions } from '../../../api/questions';
import type { Lifecycle as Answer, LifecycleRequest } from '../../../api/types';
import { useAnswer } from '../../../api/useAnswer';
import { useI18n } from '../../../i18n/context';
import { useSite } from '../../../state/site';
import { useBehind, useChoice } from '../../../state/useAddress';
import { Card } from '../../../ui/Card';
import { NothingMatches } from '../../../ui/FilterBar';
import { PeopleBehind } from '../../../ui/PeopleBehind';
import { EmptyState } from '../../../ui/states';
import { PresenceAnswer } from '../PresenceAnswer';
import { PresenceOptions } from '../PresenceOptions';
import { usePresence, type Presence } from '../usePresence';
import { useCohortName } from '../useRetention';
import { formatBehind, parseBehind, type Behind } from './figures';
import { Findings } from './Findings';
import { LifecycleBars } from './LifecycleBars';

const refresh_ms = 60_000;

/** Who is new, who comes again, who comes back and who is lost, interval by interval. */
export function Lifecycle() {
  const { t } = useI18n();
  const { site } = useSite();
  const presence = usePresence();
  const [stretch] = useChoice('stretch');
  const asked: LifecycleRequest = { ...presence.request, interval: stretch };
  const answer = useAnswer(questions.lifecycle(site, { ...asked, ...presence.compared }), { refresh_ms, enabled: presence.isReady });
  return (
    <>
      <Card title={t('retention.options')}>
        <PresenceOptions interval="stretch" event={presence.event} error={presence.isReady ? answer.error : undefined} />
      </Card>
      <PresenceAnswer isReady={presence.isReady} answer={answer}>
        {(data) => <Told data={data} stale={answer.stale} asked={asked} presence={presence} />}
      </PresenceAnswer>
    </>
  );
}

interface ToldProps {
  data: Answer;
  stale: boolean;
  asked: LifecycleRequest;
  presence: Presence;
}

function Told({ data, stale, asked, presence }: ToldProps) {
  const { t } = useI18n();
  const { site } = useSite();
  const { behind: text, show } = useBehind();
  const [stretch] = useChoice('stretch');
  const bucketName = useCohortName(stretch);
  const parsed = parseBehind(text);
  // Of another period or interval there is nobody to show.
  const behind = data.buckets.some(({ time }) => time === parsed?.time) ? parsed : undefined;
  const toggle = (next: Behind) => show(behind && formatBehind(behind) === formatBehind(next) ? undefined : { behind: formatBehind(next) });
  if (data.buckets.every(({ active, lost }) => active === 0 && !lost)) {
    return <Card stale={stale}>{presence.isFiltered ? <NothingMatches /> : <EmptyState title={t('retention.empty')} hint={t('retention.empty.hint')} />}</Card>;
  }
  return (
    <>
      <Findings data={data} stale={stale} members={presence.members} stretch={stretch} />
      <LifecycleBars data={data} stale={stale} stretch={stretch} presence={presence} behind={behind} toggle={toggle} />
      {behind && (
        <PeopleBehind
          key={formatBehind(behind)}
          title={t(`lifecycle.behind.${behind.state}`, { when: bucketName(behind.time) })}
          counted={(count) => t(`counted.${presence.members}`, { count })}
          question={(cursor) => questions.lifecyclePeople(site, { lifecycle: asked, ...behind, ...(cursor !== undefined && { cursor }) })}
          close={() => show(undefined)}
        />
      )}
    </>
  );
}
