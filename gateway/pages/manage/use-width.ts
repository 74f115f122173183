// How wide an element is, in pixels, as the window or what is around it changes.

import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/** 0 until it is known. */
export function useWidth(place: RefObject<Element | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}
