import type { ChartOption } from './Chart';
import type { Palette } from './palette';

export interface StackPart {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly number[];
}

/** Stacked bars over time, one colour for each part; what is below zero hangs below the axis. */
export function stackOption(
  buckets: readonly string[],
  parts: readonly StackPart[],
  numberText: (value: number) => string,
  palette: Palette,
): ChartOption {
  const text = { color: palette.quiet, fontSize: 12 };
  return {
    grid: { left: 8, right: 12, top: 16, bottom: 4, containLabel: true },
    textStyle: { fontFamily: 'Hanken Grotesk Variable, system-ui, sans-serif' },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontSize: 13 },
      axisPointer: { type: 'shadow' },
      valueFormatter: (value: unknown) => numberText(Number(value)),
    },
    xAxis: {
      type: 'category',
      data: [...buckets],
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      axisLabel: { ...text, formatter: numberText },
      splitLine: { lineStyle: { color: palette.line } },
    },
    series: parts.map((part) => ({
      name: part.name,
      type: 'bar',
      stack: 'all',
      barMaxWidth: 28,
      data: part.values,
      itemStyle: { color: part.colour },
    })),
  };
}
