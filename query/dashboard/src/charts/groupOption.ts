import type { ChartOption } from './Chart';
import type { Palette } from './palette';

export interface GroupPart {
  readonly name: string;
  readonly colour: string;
  /** One value for each group. */
  readonly values: readonly number[];
}

interface GroupTexts {
  readonly value: (value: number) => string;
  readonly axis: (value: number) => string;
}

/** Bars side by side in groups, the first on top: lying, so that long names have room on a phone, too. */
export function groupOption(groups: readonly string[], parts: readonly GroupPart[], texts: GroupTexts, palette: Palette): ChartOption {
  const text = { color: palette.quiet, fontSize: 12 };
  return {
    grid: { left: 8, right: 16, top: 8, bottom: 4, containLabel: true },
    textStyle: { fontFamily: 'Hanken Grotesk Variable, system-ui, sans-serif' },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontSize: 13 },
      axisPointer: { type: 'shadow' },
      valueFormatter: (value: unknown) => texts.value(Number(value)),
    },
    xAxis: {
      type: 'value',
      splitNumber: 3,
      axisLabel: { ...text, formatter: texts.axis, hideOverlap: true },
      splitLine: { lineStyle: { color: palette.line } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: [...groups],
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
      axisLabel: { ...text, color: palette.ink, interval: 0, width: 96, overflow: 'truncate' },
    },
    series: parts.map((part) => ({
      name: part.name,
      type: 'bar',
      barGap: '12%',
      barCategoryGap: '18%',
      data: part.values,
      itemStyle: { color: part.colour, borderRadius: [0, 2, 2, 0] },
    })),
  };
}
