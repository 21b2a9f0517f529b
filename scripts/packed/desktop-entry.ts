import { failing, WANTED } from './wanted.ts';

/** What desktops would not find in a `.desktop` file, which names its program as `exec`. */
export function wrongInDesktopEntry(text: string, exec: string): readonly string[] {
  const entries = new Map(
    text.split('\n').flatMap((line) => {
      const [, key, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
  const { name, productName, scheme, categories } = WANTED;
  return failing({
    Name: entries.get('Name') === productName,
    // An argument for Chromium would be here: --no-sandbox is electron-builder's own choice.
    Exec: entries.get('Exec') === `${exec} %U`,
    Icon: entries.get('Icon') === name,
    // What Electron calls its windows: package.json's desktopName.
    StartupWMClass: entries.get('StartupWMClass') === name,
    MimeType: entries.get('MimeType') === `x-scheme-handler/${scheme};`,
    Categories: entries.get('Categories') === categories,
  });
}
