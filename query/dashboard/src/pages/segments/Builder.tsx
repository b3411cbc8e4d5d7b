import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { changes } from '../../api/changes';
import { questions } from '../../api/questions';
import type { Segment } from '../../api/types';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { segmentPath } from '../../segments/link';
import { segmentError } from '../../segments/problem';
import { tell } from '../../segments/sentence';
import { useListener } from '../../segments/useListener';
import { useSite } from '../../state/site';
import { useChoice } from '../../state/useAddress';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { Page } from '../../ui/Page';
import { Skeleton } from '../../ui/states';
import { Segments as Choices } from '../../ui/Tabs';
import { DaysField, errorOf, NameField } from './fields';
import { ListBuilder } from './ListBuilder';
import { Preview } from './Preview';
import { RuleEditor } from './RuleEditor';
import { SaveBar } from './SaveBar';
import { usePreview } from './usePreview';
import { useRule } from './useRule';

/** A segment that is put together, by a rule or of people who are named. */
export function NewSegment() {
  const { t } = useI18n();
  const [made, setMade] = useChoice('made');
  const choices = (['rule', 'list'] as const).map((id) => ({ id, label: t(`segments.made.${id}`) }));
  return (
    <Page title={t('segments.new')} controls={<Choices label={t('segments.made')} choices={choices} selected={made} onSelect={setMade} />}>
      {made === 'list' ? <ListBuilder /> : <RuleBuilder />}
    </Page>
  );
}

/** A segment that is changed. */
export function EditSegment() {
  const { t } = useI18n();
  const { site } = useSite();
  const { segment = '' } = useParams();
  const answer = useAnswer(questions.segment(site, segment));
  return (
    <Page title={t('segments.edit.title')}>
      <Answered answer={answer} loading={<Card><Skeleton lines={6} /></Card>}>
        {(saved) => (saved.kind === 'list' ? <ListName saved={saved} /> : <RuleBuilder saved={saved} />)}
      </Answered>
    </Page>
  );
}

function RuleBuilder({ saved }: { saved?: Segment }) {
  const { t } = useI18n();
  const { site } = useSite();
  const navigate = useNavigate();
  const segments = useAnswer(questions.segments(site)).data?.items ?? [];
  const state = useRule(saved);
  const { asked, days, name } = state;
  const { condition } = asked;
  const listener = useListener(segments);
  const preview = usePreview(condition, days);
  // What is missing is said only when it is meant to be there.
  const [isTried, setIsTried] = useState(false);
  const saving = useMutation({
    mutationFn: async () => {
      const body = { name: name.trim(), condition, days };
      const { segment } = saved ? await changes.changeSegment(site, saved.segment, body) : await changes.addSegment(site, body);
      await navigate(segmentPath(site, segment));
    },
  });
  const error = segmentError(saving.error) ?? preview.error;
  const isMissing = name.trim() === '' || asked.incomplete.length > 0;
  const save = () => {
    setIsTried(true);
    if (!isMissing) saving.mutate();
  };
  const others = segments.filter((one) => one.segment !== saved?.segment);
  return (
    <div className="builder" onChange={() => saving.error && saving.reset()} onBlur={state.settle}>
      <Card>
        <div className="builder-head">
          <NameField name={state.name} change={state.changeName} error={errorOf(error, 'name')} isMissing={isTried && name.trim() === ''} />
          <DaysField days={days} change={state.changeDays} error={errorOf(error, 'days')} />
        </div>
        <RuleEditor state={state} segments={others} error={error} isTried={isTried} />
      </Card>
      <Card className="builder-told">
        <p className="builder-sentence" data-testid="sentence">{tell(condition, days, listener)}</p>
        <Preview answer={preview} asked={asked}>
          <SaveBar
            label={saved ? t('segments.save.changes') : t('segments.save')}
            busy={saving.isPending}
            save={save}
            cancel={saved ? segmentPath(site, saved.segment) : undefined}
            problem={segmentError(saving.error)}
            missing={isTried && isMissing}
          />
        </Preview>
      </Card>
    </div>
  );
}

function ListName({ saved }: { saved: Segment }) {
  const { t } = useI18n();
  const { site } = useSite();
  const navigate = useNavigate();
  const [name, setName] = useState(saved.name);
  const saving = useMutation({
    mutationFn: async () => {
      await changes.changeSegment(site, saved.segment, { name: name.trim() });
      await navigate(segmentPath(site, saved.segment));
    },
  });
  const problem = segmentError(saving.error);
  return (
    <Card>
      <NameField name={name} change={setName} error={errorOf(problem, 'name')} isMissing={false} />
      <p className="quiet small">{t('segments.list.edit')}</p>
      <SaveBar
        label={t('segments.save.changes')}
        busy={saving.isPending}
        save={() => name.trim() !== '' && saving.mutate()}
        cancel={segmentPath(site, saved.segment)}
        problem={problem}
        missing={name.trim() === ''}
      />
    </Card>
  );
}
