import { useEffect, useState } from 'react';

/** How long after the last key somebody has stopped typing, milliseconds. */
const PAUSE_MS = 150;

/** What is typed, as soon as it stays so for a moment: not each letter is worth a question. */
export function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(typed), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [typed]);
  return settled;
}
