import type { Event, Input, WebContents } from 'electron';

/** Chromium's own steps: each is a fifth more than the one before. */
const MOST = 5;
const LEAST = -3;

type Zoomed = Pick<WebContents, 'zoomLevel'> & {
  on(
    event: 'before-input-event',
    listener: (event: Pick<Event, 'preventDefault'>, input: Input) => void,
  ): unknown;
};

/** Larger and smaller by the keys of a browser: Electron has them in a menu alone, and Jeton's windows have none. */
export function zoomByKeys(contents: Zoomed, platform: NodeJS.Platform): void {
  contents.on('before-input-event', (event, { type, key, control, meta, alt }) => {
    const isHeld = platform === 'darwin' ? meta && !control : control && !meta;
    if (type !== 'keyDown' || !isHeld || alt) return;
    const level = levelAfter(key, contents.zoomLevel);
    if (level === undefined) return;
    event.preventDefault();
    contents.zoomLevel = level;
  });
}

function levelAfter(key: string, level: number): number | undefined {
  switch (key) {
    case '+':
    case '=':
      return Math.min(level + 1, MOST);
    case '-':
      return Math.max(level - 1, LEAST);
    case '0':
      return 0;
    default:
      return undefined;
  }
}
