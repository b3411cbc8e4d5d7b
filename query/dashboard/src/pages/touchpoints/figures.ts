import type { TouchpointCell, TouchpointMatrix } from '../../api/types';
import type { MetricChange } from '../../format/metric';
import { relativeChange } from '../../format/number';
import type { Choice } from '../../state/address';

export type Shade = Choice<'shade'>;

/** In the order of a relation; one that has no name is last. */
const stageOrder = ['pre_purchase', 'purchase', 'post_purchase', ''];

/** The stages that somebody was at. */
export function stagesOf({ cells }: Pick<TouchpointMatrix, 'cells'>): string[] {
  const found = new Set(cells.map(({ stage }) => stage ?? ''));
  const place = (stage: string) => (stageOrder.includes(stage) ? stageOrder.indexOf(stage) : stageOrder.length);
  return [...found].sort((one, other) => place(one) - place(other) || (one < other ? -1 : 1));
}

/** The number that colours a place; null where there is none. */
export function shadeOf(cell: TouchpointCell, shade: Shade): number | null {
  switch (shade) {
    case 'people':
      return cell.people;
    case 'lost':
      return cell.lost_share ?? null;
    case 'wait':
      return cell.wait.median_ms ?? null;
    case 'converted':
      return cell.conversion_rate;
  }
}

/** How strong the colour of a number is beside the largest of all, 0..1: by the root, so that one large one does not leave all others pale. */
export function strengthOf(value: number | null, highest: number): number {
  return value === null || highest <= 0 ? 0 : Math.sqrt(value / highest);
}

export function highestOf(cells: readonly TouchpointCell[], shade: Shade): number {
  return Math.max(0, ...cells.map((cell) => shadeOf(cell, shade) ?? 0));
}

/** How a number changed from the period before: shares in points. */
export function changeOf(shade: Shade, now: TouchpointCell, before: TouchpointCell | undefined): MetricChange | null {
  if (!before) return null;
  const [current, previous] = [shadeOf(now, shade), shadeOf(before, shade)];
  if (current === null || previous === null) return null;
  if (shade === 'lost' || shade === 'converted') return { unit: 'points', size: current - previous };
  const size = relativeChange(current, previous);
  return size === null ? null : { unit: 'percent', size };
}

/** Whether more of it is welcome. */
export function risesWell(shade: Shade): boolean {
  return shade === 'people' || shade === 'converted';
}

/** Where it is lost most, or waited longest: of places with enough stays. */
export function firstBy(cells: readonly TouchpointCell[], rank: 'lost_rank' | 'wait_rank'): TouchpointCell | undefined {
  return cells.find((cell) => cell[rank] === 1);
}
