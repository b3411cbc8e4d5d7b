import { questions } from '../../../api/questions';
import type { Stickiness as Answer, StickinessRequest } from '../../../api/types';
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
import { Distribution } from './Distribution';
import { formatBehind, parseBehind, type Behind } from './figures';
import { Findings } from './Findings';
import { Rolling } from './Rolling';

const refresh_ms = 60_000;

/** In how many days, weeks or months people come, and how many of those of a month come on a day. */
export function Stickiness() {
  const { t } = useI18n();
  const { site } = useSite();
  const presence = usePresence();
  const [beat] = useChoice('beat');
  const asked: StickinessRequest = { ...presence.request, interval: beat };
  const answer = useAnswer(questions.stickiness(site, { ...asked, ...presence.compared }), { refresh_ms, enabled: presence.isReady });
  return (
    <>
      <Card title={t('retention.options')}>
        <PresenceOptions interval="beat" event={presence.event} error={presence.isReady ? answer.error : undefined} />
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
  asked: StickinessRequest;
  presence: Presence;
}

function Told({ data, stale, asked, presence }: ToldProps) {
  const { t } = useI18n();
  const { site } = useSite();
  const [beat] = useChoice('beat');
  const { behind: text, show } = useBehind();
  const parsed = parseBehind(text);
  // Of a shorter period there is nobody to show.
  const behind = parsed && parsed.intervals <= data.intervals ? parsed : undefined;
  const toggle = (next: Behind) => show(behind && formatBehind(behind) === formatBehind(next) ? undefined : { behind: formatBehind(next) });
  if (data.people === 0) {
    return <Card stale={stale}>{presence.isFiltered ? <NothingMatches /> : <EmptyState title={t('retention.empty')} hint={t('retention.empty.hint')} />}</Card>;
  }
  const part = { data, stale, beat, presence };
  return (
    <>
      <Findings {...part} />
      <Distribution {...part} behind={behind} toggle={toggle} />
      {behind && (
        <PeopleBehind
          key={formatBehind(behind)}
          title={t(behind.or_more ? 'stickiness.behind.more' : 'stickiness.behind', { count: t(`stickiness.count.${beat}`, { count: behind.intervals }) })}
          counted={(count) => t(`counted.${presence.members}`, { count })}
          question={(cursor) => questions.stickinessPeople(site, { stickiness: asked, ...behind, ...(cursor !== undefined && { cursor }) })}
          close={() => show(undefined)}
        />
      )}
      {data.rolling && <Rolling {...part} rolling={data.rolling} />}
    </>
  );
}
