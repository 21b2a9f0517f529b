import { expect, test } from 'vitest';
import { claimScheme } from '../../src/main/jeton-scheme.ts';

function claimed(platform: NodeJS.Platform, isPackaged: boolean): readonly string[] {
  const schemes: string[] = [];
  const setAsDefaultProtocolClient = (scheme: string): boolean => {
    schemes.push(scheme);
    return true;
  };
  claimScheme({ platform, app: { isPackaged, setAsDefaultProtocolClient } });
  return schemes;
}

test('what is installed on Windows answers to jeton:, which no package says there', () => {
  expect(claimed('win32', true)).toEqual(['jeton']);
});

test('a checkout does not, and elsewhere the package says it', () => {
  expect(claimed('win32', false)).toEqual([]);
  expect(claimed('darwin', true)).toEqual([]);
  expect(claimed('linux', true)).toEqual([]);
});
