import { questions } from '../../api/questions';
import { useAnswer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { Card } from '../../ui/Card';
import { EmptyState, PageSkeleton } from '../../ui/states';
import { AddSite } from './AddSite';
import { Suggestions } from './parts';
import './settings.css';

/** What somebody meets who has no site yet. */
export default function FirstSettings() {
  const { t } = useI18n();
  const session = useAnswer(questions.session());
  if (!session.data) return <PageSkeleton />;
  const { role, site } = session.data;
  if (role !== 'admin' || site != null) return <EmptyState whole title={t('app.noSites')} hint={t('app.noSites.hint')} />;
  return (
    <div className="page">
      <h1>{t('settings.sites.adding')}</h1>
      <Card>
        <AddSite />
        <Suggestions />
      </Card>
    </div>
  );
}
