import type { ChartOption } from './Chart';
import type { Palette } from './palette';

export interface TimeSeries {
  readonly name: string;
  /** One value for each bucket; null where there is nothing to show. */
  readonly values: readonly (number | null)[];
}

interface TimeOptionInput {
  readonly buckets: readonly string[];
  readonly current: TimeSeries;
  readonly previous?: TimeSeries | undefined;
  /** Lines across it: a threshold, from where to where is usual. */
  readonly levels?: readonly { readonly name: string; readonly value: number }[];
  /** Short name of a bucket, for the axis. */
  readonly bucketName: (bucket: string) => string;
  /** Full name, for the tooltip. */
  readonly bucketTitle: (index: number) => string;
  readonly valueText: (value: number | null) => string;
  readonly axisText: (value: number) => string;
  /** Whether a tick between two whole numbers would make no sense. */
  readonly wholeNumbers: boolean;
  /** The first bucket that goes on: the way there and on is dashed, because its number is that of a part. */
  readonly unfinished?: number | undefined;
}

/** One metric over time, with the period before as a dashed line under it. */
export function timeOption(input: TimeOptionInput, palette: Palette): ChartOption {
  const text = { color: palette.quiet, fontFamily: 'inherit', fontSize: 12 };
  const few = input.buckets.length < 3;
  const { finished, going } = split(input.current.values, input.unfinished);
  return {
    grid: { left: 8, right: 12, top: 16, bottom: 4, containLabel: true },
    textStyle: { fontFamily: 'Hanken Grotesk Variable, system-ui, sans-serif' },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontSize: 13 },
      axisPointer: { lineStyle: { color: palette.quiet, type: 'dotted' } },
      formatter: (points: { dataIndex: number }[]) => tooltip(input, points[0]?.dataIndex ?? 0, palette),
    },
    xAxis: {
      type: 'category',
      data: input.buckets.map(input.bucketName),
      boundaryGap: false,
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true, margin: 12 },
    },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      minInterval: input.wholeNumbers ? 1 : 0,
      axisLabel: { ...text, formatter: input.axisText },
      splitLine: { lineStyle: { color: palette.line } },
    },
    series: [
      ...(input.previous
        ? [{
            name: input.previous.name,
            type: 'line',
            data: input.previous.values,
            showSymbol: false,
            silent: true,
            lineStyle: { color: palette.previous, width: 1.5, type: [5, 4] },
            itemStyle: { color: palette.previous },
          }]
        : []),
      ...(input.levels ?? []).map(({ name, value }) => ({
        name,
        type: 'line',
        data: input.buckets.map(() => value),
        showSymbol: false,
        silent: true,
        lineStyle: { color: palette.poor, width: 1.5, type: [6, 4] },
        itemStyle: { color: palette.poor },
      })),
      {
        name: input.current.name,
        type: 'line',
        data: finished,
        showSymbol: few,
        symbolSize: 7,
        z: 3,
        lineStyle: { color: palette.accent, width: 2.5 },
        itemStyle: { color: palette.accent },
        areaStyle: { color: palette.accent, opacity: 0.1 },
      },
      ...(input.unfinished === undefined
        ? []
        : [{
            name: input.current.name,
            type: 'line',
            data: going,
            showSymbol: true,
            symbolSize: (_: unknown, point: { dataIndex: number }) => (point.dataIndex >= (input.unfinished ?? 0) ? 7 : 0),
            z: 3,
            lineStyle: { color: palette.accent, width: 2, type: [3, 4] },
            itemStyle: { color: palette.surface, borderColor: palette.accent, borderWidth: 2 },
          }]),
    ],
  };
}

/** What is over, and the way to what goes on. */
export function split(values: TimeSeries['values'], unfinished: number | undefined) {
  if (unfinished === undefined) return { finished: values, going: [] };
  return {
    finished: values.map((value, index) => (index >= unfinished ? null : value)),
    going: values.map((value, index) => (index >= unfinished - 1 ? value : null)),
  };
}

/** Names and values here are numbers and dates of our own making; nothing a visitor wrote gets in. */
function tooltip(input: TimeOptionInput, index: number, palette: Palette): string {
  const row = (colour: string, series: TimeSeries) =>
    `<div style="display:flex;gap:14px;justify-content:space-between"><span><span style="color:${colour}">●</span> ${series.name}</span>` +
    `<b>${input.valueText(series.values[index] ?? null)}</b></div>`;
  return (
    `<div style="margin-bottom:4px;color:${palette.quiet}">${input.bucketTitle(index)}</div>` +
    row(palette.accent, input.current) +
    (input.previous ? row(palette.previous, input.previous) : '') +
    (input.levels ?? []).map(({ name, value }) => row(palette.poor, { name, values: input.buckets.map(() => value) })).join('')
  );
}
