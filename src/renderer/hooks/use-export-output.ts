import { useCallback, useEffect, useRef, useState } from 'react';
import type { JetonBridge } from '../../shared/ipc/bridge.ts';

/** What compose says is told in a few lines; what goes on and on is cut at its beginning. */
const MOST_LINES = 500;

const NOBODY: readonly string[] = [];

export type ExportOutput = ReadonlyMap<string, readonly string[]>;

/**
 * What compose has printed since a bot's last export began, by its name: whoever began it. `exporting`: the bots that
 * are exported to now. `clear` where the window begins one, before the state says so.
 */
export function useExportOutput(
  jeton: JetonBridge,
  exporting: readonly string[] = NOBODY,
): {
  readonly output: ExportOutput;
  readonly clear: (name: string) => void;
} {
  const [output, setOutput] = useState<ExportOutput>(new Map());
  /** Those whose lines are of an export that is over. */
  const over = useRef(new Set<string>());
  const clear = useCallback((name: string): void => {
    over.current.delete(name);
    setOutput((all) => new Map(all).set(name, []));
  }, []);

  const before = useRef(exporting);
  useEffect(() => {
    // A first line may be here before its export is seen to begin: such a one is not over, and keeps it.
    for (const name of exporting) if (over.current.has(name)) clear(name);
    for (const name of before.current) if (!exporting.includes(name)) over.current.add(name);
    before.current = exporting;
  }, [exporting, clear]);

  useEffect(
    () =>
      jeton.onExportLine(({ name, line }) => {
        const isFirst = over.current.delete(name);
        setOutput((all) => {
          const known = isFirst ? [] : (all.get(name) ?? []);
          return new Map(all).set(name, [...known, line].slice(-MOST_LINES));
        });
      }),
    [jeton],
  );
  return { output, clear };
}
