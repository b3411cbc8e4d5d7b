import { useI18n } from '../../i18n/context';
import { choices } from '../../state/address';
import { useChoice } from '../../state/useAddress';
import { FilterBar } from '../../ui/FilterBar';
import { Page } from '../../ui/Page';
import { PeriodPicker } from '../../ui/PeriodPicker';
import { Tabs } from '../../ui/Tabs';
import { Cohorts } from './CohortsTab';
import { Lifecycle } from './lifecycle/Lifecycle';
import './retention.css';
import { Stickiness } from './stickiness/Stickiness';

const views = { cohorts: Cohorts, lifecycle: Lifecycle, stickiness: Stickiness };

/** Who comes again: by when they first came, what they are in each stretch of time, and how often they come. */
export default function Retention() {
  const { t } = useI18n();
  const [view, choose] = useChoice('view');
  const View = views[view];
  return (
    <Page title={t('retention.title')} lead={t(`retention.lead.${view}`)} controls={<PeriodPicker comparable />}>
      <FilterBar />
      <Tabs label={t('retention.views')} tabs={choices.view.map((id) => ({ id, label: t(`retention.view.${id}`) }))} selected={view} onSelect={choose}>
        <div className="retention-view"><View /></div>
      </Tabs>
    </Page>
  );
}
