import type { Configuration } from 'electron-builder';

/**
 * Signed by whoever has a certificate (electron.build/docs/features/code-signing). The others' builds are for themselves,
 * and an Apple processor runs nothing without a signature: theirs is in nobody's name, so that its parts are not known to
 * belong together, which is what the hardened runtime would compare.
 */
export function signing(env: NodeJS.ProcessEnv): Configuration {
  if (env['CSC_LINK'] || env['CSC_NAME']) return {};
  const entitlements = 'assets/macos/entitlements-ad-hoc.plist';
  return { mac: { identity: '-', entitlements, entitlementsInherit: entitlements } };
}
