/** Where things are in a JSON text that a person wrote, for an error that names the line. Lines count from 1. */
export interface JsonLines {
  /** The line of each key, by dotted path (`slack.apiUrl`). */
  readonly keys: ReadonlyMap<string, number>;
  /** The line at which the text stops being JSON, if it does. */
  readonly brokenAt: number | undefined;
}

/** JSON.parse names a position for some of its errors only, and never where an accepted key was. */
export function findJsonLines(text: string): JsonLines {
  const keys = new Map<string, number>();
  const tokens = [...text.matchAll(/"(?:[^"\\\n]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+|"/g)];
  const lineAt = (index: number) =>
    text.slice(0, tokens[index]?.index ?? text.trimEnd().length).split('\n').length;
  let next = 0;

  const accept = (token: string) => tokens[next]?.[0] === token && ++next > 0;
  const literal = () => {
    const token = tokens[next]?.[0] ?? '';
    if (!isLiteral(token)) throw new NotJson();
    next++;
    return JSON.parse(token) as unknown;
  };
  const items = (end: string, item: () => void) => {
    if (accept(end)) return;
    do item();
    while (accept(','));
    if (!accept(end)) throw new NotJson();
  };
  const value = (path: string) => {
    if (accept('[')) items(']', () => value(path));
    else if (accept('{')) items('}', () => property(path));
    else literal();
  };
  const property = (path: string) => {
    if (tokens[next]?.[0].startsWith('"') !== true) throw new NotJson();
    const line = lineAt(next);
    const key = path + String(literal());
    keys.set(key, line);
    if (!accept(':')) throw new NotJson();
    value(`${key}.`);
  };

  try {
    value('');
    if (next < tokens.length) throw new NotJson();
    return { keys, brokenAt: undefined };
  } catch (error) {
    if (error instanceof NotJson) return { keys, brokenAt: lineAt(next) };
    throw error;
  }
}

class NotJson extends Error {}

function isLiteral(token: string): boolean {
  if (/^[{}[\]:,]?$/.test(token)) return false;
  try {
    JSON.parse(token);
    return true;
  } catch {
    return false;
  }
}
