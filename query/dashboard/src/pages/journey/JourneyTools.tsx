import type { ReactNode } from 'react';
import { useI18n } from '../../i18n/context';
import type { Chapter } from '../../steps/fold';
import { countKinds, isEverything, touchpointsOf, type Selection } from './select';
import type { OpenChapters } from './useOpenChapters';

interface JourneyToolsProps {
  all: readonly Chapter[];
  /** Those with something of the selection. */
  shown: readonly Chapter[];
  selection: Selection;
  select: (selection: Selection) => void;
  openChapters: OpenChapters;
  /** None where the beginning is at the top. */
  toBeginning: (() => void) | undefined;
  children: ReactNode;
}

/** What of a long journey is looked at: touchpoint and kind, open or folded, and the way to its beginning. */
export function JourneyTools({ all, shown, selection, select, openChapters, toBeginning, children }: JourneyToolsProps) {
  const { t, label } = useI18n();
  const keys = shown.map((chapter) => chapter.key);
  const everyOpen = shown.every(openChapters.isOpen);
  const partly = !isEverything(selection);
  // What is chosen stays in its list, whatever is loaded.
  const touchpoints = withChosen(touchpointsOf(all), selection.touchpoint);
  const kinds = withChosen(countKinds(all).map(({ kind }) => kind), selection.kind);
  const found = shown.reduce((sum, chapter) => sum + chapter.steps.length, 0);
  return (
    <div className="journey-tools">
      <label>
        <span>{t('journey.filter.touchpoint')}</span>
        <select value={selection.touchpoint} onChange={(event) => select({ ...selection, touchpoint: event.target.value })}>
          <option value="">{t('journey.filter.every')}</option>
          {touchpoints.map((one) => <option key={one} value={one}>{label('touchpoint', one)}</option>)}
        </select>
      </label>
      <label>
        <span>{t('journey.filter.kind')}</span>
        <select value={selection.kind} onChange={(event) => select({ ...selection, kind: event.target.value })}>
          <option value="">{t('journey.filter.every')}</option>
          {kinds.map((one) => <option key={one} value={one}>{label('kind', one)}</option>)}
        </select>
      </label>
      {children}
      <span className="journey-found quiet" role="status">{partly && t('journey.filter.found', { count: found })}</span>
      {shown.length > 1 && (
        <button type="button" className="link-button" onClick={() => openChapters.set(keys, !everyOpen)}>
          {t(everyOpen ? 'journey.fold.close' : 'journey.fold.open')}
        </button>
      )}
      {toBeginning && shown.length > 1 && (
        <button type="button" className="link-button" onClick={toBeginning}>{t('journey.beginning')}</button>
      )}
    </div>
  );
}

function withChosen(values: readonly string[], chosen: string): readonly string[] {
  return chosen === '' || values.includes(chosen) ? values : [...values, chosen];
}
