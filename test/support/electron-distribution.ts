import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** By electronjs.org/docs/latest/tutorial/fuses and build/fuses/fuses.json5 of Electron: what each is when it ships. */
const SHIPPED_FUSES = {
  RunAsNode: '1',
  EnableCookieEncryption: '0',
  EnableNodeOptionsEnvironmentVariable: '1',
  EnableNodeCliInspectArguments: '1',
  EnableEmbeddedAsarIntegrityValidation: '0',
  OnlyLoadAppFromAsar: '0',
  LoadBrowserProcessSpecificV8Snapshot: '0',
  GrantFileProtocolExtraPrivileges: '1',
  WasmTrapHandlers: '1',
};

/** How Electron marks its fuses in a binary: this, the version of the wire, its length, a character a fuse. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

const FILES = {
  linux: { program: 'electron', fuses: 'electron', resources: 'resources' },
  windows: { program: 'electron.exe', fuses: 'electron.exe', resources: 'resources' },
  mac: {
    program: 'Electron.app/Contents/MacOS/Electron',
    fuses: 'Electron.app/Contents/Frameworks/Electron Framework.framework/Electron Framework',
    resources: 'Electron.app/Contents/Resources',
  },
};

const PLIST = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
  <key>CFBundleExecutable</key><string>Electron</string>
  <key>CFBundleIconFile</key><string>electron.icns</string>
</dict></plist>
`;

/** A folder with the files of an unpacked Electron that a packager touches, of which none can be run. */
export function writeElectronDistribution(folder: string, platform: keyof typeof FILES): void {
  const { program, fuses, resources } = FILES[platform];
  const write = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode: 0o755 });
  };
  const wire = Object.values(SHIPPED_FUSES).join('');
  const marked = Buffer.concat([
    Buffer.from(`a program ${SENTINEL}`),
    Buffer.from([1, wire.length]),
    Buffer.from(`${wire} and more of it`),
  ]);
  write(program, 'a program');
  write(fuses, marked);
  write(join(resources, 'default_app.asar'), 'what Electron shows without an application');
  write('LICENSE', 'Electron’s');
  if (platform === 'linux') write('chrome-sandbox', 'a program of root’s');
  if (platform !== 'mac') return;
  write('Electron.app/Contents/Info.plist', PLIST);
  for (const helper of ['', ' (GPU)', ' (Plugin)', ' (Renderer)']) {
    const contents = `Electron.app/Contents/Frameworks/Electron Helper${helper}.app/Contents`;
    write(`${contents}/Info.plist`, PLIST);
    write(`${contents}/MacOS/Electron Helper${helper}`, 'a program');
  }
}
