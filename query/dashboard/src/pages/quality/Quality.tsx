import { useI18n } from '../../i18n/context';
import { choices } from '../../state/address';
import { useChoice } from '../../state/useAddress';
import { FilterBar } from '../../ui/FilterBar';
import { Page } from '../../ui/Page';
import { PeriodPicker } from '../../ui/PeriodPicker';
import { Tabs } from '../../ui/Tabs';
import { AppQualityPanel } from './AppQualityPanel';
import './quality.css';
import { WebQualityPanel } from './WebQualityPanel';

export default function Quality() {
  const { t } = useI18n();
  const [tab, setTab] = useChoice('tab');
  return (
    <Page title={t('quality.title')} controls={<PeriodPicker />}>
      <Tabs
        label={t('quality.title')}
        tabs={choices.tab.map((id) => ({ id, label: t(`quality.${id}`) }))}
        selected={tab}
        onSelect={setTab}
      >
        <div className="quality">
          <p className="page-lead">{t(`quality.lead.${tab}`)}</p>
          <FilterBar />
          {tab === 'web' ? <WebQualityPanel /> : <AppQualityPanel />}
        </div>
      </Tabs>
    </Page>
  );
}
