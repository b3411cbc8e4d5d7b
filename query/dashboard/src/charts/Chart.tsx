import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import { useEffect, useRef, useState } from 'react';
import { useTheme } from '../theme/context';
import { readPalette, type Palette } from './palette';

// The code that draws comes while the numbers are asked for; where that fails, it is asked for again when it is needed.
void import('./echarts').catch(() => undefined);

export type ChartOption = EChartsCoreOption;

interface ChartProps {
  /** Must be stable while its data is: it is called again when it or the theme changes. */
  option: (palette: Palette) => ChartOption;
  /** What the picture says, for those who do not see it. */
  summary: string;
  /** Pixels. */
  height: number;
}

/** A picture by ECharts, drawn when its code has arrived; keeps its place on the page until then. */
export function Chart({ option, summary, height }: ChartProps) {
  const { shown } = useTheme();
  const holder = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<EChartsType | null>(null);

  useEffect(() => {
    let disposed = false;
    let made: EChartsType | null = null;
    const observer = new ResizeObserver(() => made?.resize());
    void import('./echarts').then(({ init }) => {
      if (disposed || !holder.current) return;
      made = init(holder.current);
      observer.observe(holder.current);
      setChart(made);
    });
    return () => {
      disposed = true;
      observer.disconnect();
      made?.dispose();
    };
  }, []);

  useEffect(() => {
    if (!chart || chart.isDisposed()) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    chart.setOption({ animation: !still, animationDuration: 350, ...option(readPalette()) }, { notMerge: true });
  }, [chart, option, shown]);

  return <div ref={holder} className="chart" role="img" aria-label={summary} style={{ height }} />;
}
