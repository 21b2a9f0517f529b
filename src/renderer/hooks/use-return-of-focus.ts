import { useLayoutEffect } from 'react';

/** What had the focus when a part of the page opened has it again when that part is gone with it. */
export function useReturnOfFocus(): void {
  useLayoutEffect(() => {
    const before = document.activeElement;
    return () => {
      // By then it is out of the page.
      queueMicrotask(() => {
        if (before instanceof HTMLElement && document.activeElement === document.body) before.focus();
      });
    };
  }, []);
}
