import { useLayoutEffect, useRef } from 'react';

/** What had the focus when a part of the page opened has it again when that part is gone with it. */
export function useReturnOfFocus(): void {
  const before = useRef<Element>(null);
  useLayoutEffect(() => {
    // Its view may be left and come back to meanwhile: that opens nothing.
    before.current ??= document.activeElement;
    return () => {
      // By then it is out of the page.
      queueMicrotask(() => {
        const { current: opener } = before;
        if (opener instanceof HTMLElement && document.activeElement === document.body) opener.focus();
      });
    };
  }, []);
}
