import { defaultRangeExtractor, useVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

interface ListInSight {
  readonly count: number;
  /** What scrolls; other things than the list may be in it. */
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Of an item that was not measured yet, in pixels. */
  readonly height: number;
  readonly keyOf: (index: number) => string | number;
  /** Items that stay in the page out of sight as well; an index below 0 is none. */
  readonly kept: () => readonly number[];
  readonly overscan: number;
  readonly scrollPaddingStart?: number;
  readonly scrollPaddingEnd?: number;
}

/** A long list, of which only what is in sight is in the page. */
export function useListInSight<T extends HTMLElement>({
  count,
  scroller,
  height,
  keyOf,
  kept,
  ...scrolling
}: ListInSight) {
  const list = useRef<T>(null);
  const [margin, setMargin] = useState(0);
  // What stands above the list comes and goes.
  useLayoutEffect(() => setMargin(list.current?.offsetTop ?? 0));

  // It keeps what it knows in an object that it changes, on purpose.
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLLIElement>({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: keyOf,
    scrollMargin: margin,
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), ...kept().filter((index) => index >= 0)])].sort(
        (a, b) => a - b,
      ),
    ...scrolling,
  });
  return {
    list,
    virtualizer,
    listStyle: { blockSize: `${virtualizer.getTotalSize()}px` },
    itemProps: ({ index, start }: VirtualItem) => ({
      ref: virtualizer.measureElement,
      'data-index': index,
      'aria-posinset': index + 1,
      'aria-setsize': count,
      style: { transform: `translateY(${start - margin}px)` },
    }),
  };
}
