import { useMutation } from '@tanstack/react-query';
import type { RefObject } from 'react';
import { saveFile } from '../api/download';
import { drawPicture } from '../charts/picture';
import { formatDays } from '../format/time';
import { fileNameOf } from '../format/file-name';
import { useI18n } from '../i18n/context';
import { useSite } from '../state/site';
import { useFilters } from '../state/useAddress';
import { useFilterName } from './FilterBar';
import { Icon } from './Icon';
import './picture.css';

interface PictureButtonProps {
  /** What is saved, in the reader's words. */
  what: string;
  /** What stands over the picture, where that is more. */
  title?: string;
  period: { readonly from: string; readonly to: string };
  of: RefObject<HTMLElement | null>;
}

/** Saves a chart as PNG as it is on the page, with what it shows, whose and when over it. */
export function PictureButton({ what, title = what, period: { from, to }, of }: PictureButtonProps) {
  const { t, locale } = useI18n();
  const { site, name } = useSite();
  const { filters } = useFilters();
  const filterName = useFilterName();
  const saving = useMutation({
    mutationFn: async () => {
      if (!of.current) return;
      const details = [[name || site, formatDays(from, to, locale)].join(' · '), filters.map(filterName).join(' · ')].filter((text) => text !== '');
      saveFile(await drawPicture(of.current, { title, details }), `${fileNameOf([site, what, from, to])}.png`);
    },
  });
  return (
    <span className="export">
      <button
        type="button"
        className="button button-quiet"
        disabled={saving.isPending}
        onClick={() => saving.mutate()}
        title={t('picture.save', { what })}
      >
        <Icon name="picture" size={16} />
        <span aria-hidden="true">PNG</span>
        <span className="sr-only">{t('picture.save', { what })}</span>
      </button>
      <span role="status" className="small">{saving.isPending ? <span className="sr-only">{t('app.loading')}</span> : saving.error ? t('picture.failed') : ''}</span>
    </span>
  );
}
