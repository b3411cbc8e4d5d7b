import { useMutation } from '@tanstack/react-query';
import { saveCsv, saveFile } from '../../api/download';
import { asApiError } from '../../api/error';
import { pullMembers, type PullType } from '../../api/pull';
import type { Segment } from '../../api/types';
import { problemText } from '../../format/codes';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { Icon } from '../../ui/Icon';

const types = [['CSV', 'text/csv'], ['NDJSON', 'application/x-ndjson']] as const satisfies readonly (readonly [string, PullType])[];

/** Where the members of a segment are asked for. */
export function membersAddress(site: string, segment: string): string {
  return `/api/v1/sites/${encodeURIComponent(site)}/segments/${encodeURIComponent(segment)}/members`;
}

/** Saves all members, in the form that a spreadsheet or a program takes. */
export function MembersExport({ segment: { segment, name } }: { segment: Segment }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const saving = useMutation({
    mutationFn: async (type: PullType) => {
      const { text, whole } = await pullMembers(membersAddress(site, segment), type);
      const file = `${site}-${name}`;
      if (type === 'text/csv') saveCsv(text, `${file}.csv`);
      else saveFile(new Blob([text], { type }), `${file}.ndjson`);
      return whole;
    },
  });
  const told = saving.error ? problemText(asApiError(saving.error), i18n) : saving.data === false ? t('export.cut') : '';
  return (
    <div className="export segment-export">
      {types.map(([label, type]) => (
        <button key={type} type="button" className="button button-quiet" disabled={saving.isPending} onClick={() => saving.mutate(type)} aria-label={t('segments.export', { type: label })}>
          <Icon name="download" size={16} />
          {label}
        </button>
      ))}
      <span role="status" className="small">{saving.isPending ? <span className="sr-only">{t('app.loading')}</span> : told}</span>
    </div>
  );
}
