import type { JourneyMap, JourneyNode } from '../../api/types';
import { hueProperties } from '../../charts/palette';
import { isOrder } from '../../events/conversion';
import { formatDuration } from '../../format/duration';
import { formatRate, missing } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { touchpointColour } from '../../steps/kinds';
import { useValueName } from '../../ui/useValueName';
import type { Part } from './question';
import type { JourneysState } from './useJourneys';

/** What the page says of nodes and journeys. */
export function useWords({ group_by: dimension, flow }: Pick<JourneyMap, 'group_by' | 'flow'>, { choices }: JourneysState) {
  const { t, locale } = useI18n();
  const valueName = useValueName();
  const isBought = isOrder(choices.conversion);
  const who = (count: number) => t(`counted.${choices.unit}`, { count });
  const duration = (ms: number | null | undefined) => (ms === null || ms === undefined ? missing : formatDuration(ms, locale));
  const rate = (share: number | null | undefined) => (share === null || share === undefined ? missing : formatRate(share, locale));
  const ownName = ({ value }: JourneyNode) => (value === '' && dimension !== 'channel' ? t('journeys.noValue') : valueName(dimension, value));
  const stageName = (stage: string) => (stage === '' ? t('touchpoints.noStage') : valueName('stage', stage));
  const name = (node: JourneyNode) => (node.stage === undefined || node.stage === null ? ownName(node) : `${ownName(node)} · ${stageName(node.stage)}`);
  const partName = ({ node, next }: Part) => (next ? t('journeys.move', { from: name(node), to: name(next) }) : name(node));
  const values = [...new Set(flow.nodes.map(({ node }) => node.value))];
  /** A colour that a node keeps on the page; it never stands alone. */
  const colour = ({ value }: JourneyNode) => {
    if (dimension === 'touchpoint') return touchpointColour(value);
    const property = hueProperties[values.indexOf(value)];
    return property ? `var(${property})` : 'var(--ink-2)';
  };
  const converts = t(isBought ? 'journeys.bought' : 'journeys.converted');
  return { who, duration, rate, name, valueName: ownName, stageName, partName, colour, converts, isBought };
}

export type Words = ReturnType<typeof useWords>;
