import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { failing, WANTED } from './wanted.ts';

const informationSchema = z.looseObject({
  CFBundleIdentifier: z.string().optional(),
  CFBundleShortVersionString: z.string().optional(),
  LSUIElement: z.boolean().optional(),
  LSApplicationCategoryType: z.string().optional(),
  CFBundleURLTypes: z.array(z.looseObject({ CFBundleURLSchemes: z.array(z.string()) })).default([]),
});

/** What is not as it should be in the archive for macOS, once it was unpacked as a person's Mac does it. */
export function wrongInMacArchive(path: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'jeton-mac-'));
  try {
    execFileSync('ditto', ['-x', '-k', path, folder]);
    const bundle = join(folder, `${WANTED.productName}.app`);
    // Throws, and says what it found.
    execFileSync('codesign', ['--verify', '--deep', '--strict', '--verbose=2', bundle], { stdio: 'inherit' });
    const list = execFileSync('plutil', ['-convert', 'json', '-o', '-', join(bundle, 'Contents/Info.plist')]);
    const program = join(bundle, 'Contents/MacOS', WANTED.productName);
    const processors = execFileSync('lipo', ['-archs', program], { encoding: 'utf8' });
    return [...wrongInInformation(JSON.parse(list.toString())), ...wrongProcessors(processors)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of an application's Info.plist. */
export function wrongInInformation(list: unknown): readonly string[] {
  const information = informationSchema.parse(list);
  const { appId, version, macCategory, scheme } = WANTED;
  return failing({
    CFBundleIdentifier: information.CFBundleIdentifier === appId,
    CFBundleShortVersionString: information.CFBundleShortVersionString === version,
    LSUIElement: information.LSUIElement === true,
    LSApplicationCategoryType: information.LSApplicationCategoryType === macCategory,
    CFBundleURLTypes: information.CFBundleURLTypes.some(({ CFBundleURLSchemes }) =>
      CFBundleURLSchemes.includes(scheme),
    ),
  });
}

/** As `lipo -archs` prints them. */
export function wrongProcessors(text: string): readonly string[] {
  const found = text.trim().split(' ');
  return ['arm64', 'x86_64'].filter((processor) => !found.includes(processor));
}
