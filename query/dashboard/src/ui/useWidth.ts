import { useLayoutEffect, useState, type RefObject } from 'react';

/** How wide an element is, in pixels; undefined before it is there. */
export function useWidth(holder: RefObject<HTMLElement | null>): number | undefined {
  const [width, setWidth] = useState<number>();
  useLayoutEffect(() => {
    if (!holder.current) return undefined;
    setWidth(Math.floor(holder.current.clientWidth));
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(holder.current);
    return () => observer.disconnect();
  }, [holder]);
  return width;
}
