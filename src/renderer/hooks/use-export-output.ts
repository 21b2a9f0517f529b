import { useEffect, useState } from 'react';
import type { JetonBridge } from '../../shared/ipc/bridge.ts';

/** What compose says is told in a few lines; what goes on and on is cut at its beginning. */
const MOST_LINES = 500;

export type ExportOutput = ReadonlyMap<string, readonly string[]>;

/** What compose has printed since a bot's last export began, by its name. `clear` at the start of another. */
export function useExportOutput(jeton: JetonBridge): {
  readonly output: ExportOutput;
  readonly clear: (name: string) => void;
} {
  const [output, setOutput] = useState<ExportOutput>(new Map());
  useEffect(
    () =>
      jeton.onExportLine(({ name, line }) =>
        setOutput((all) => new Map(all).set(name, [...(all.get(name) ?? []), line].slice(-MOST_LINES))),
      ),
    [jeton],
  );
  return { output, clear: (name) => setOutput((all) => new Map(all).set(name, [])) };
}
