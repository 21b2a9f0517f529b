import { JetonError } from '../../core/errors.ts';
import type { Vault } from './vault.ts';

/**
 * Makes the vault's key where there has never been one: `made` says so, with where it comes from. Throws
 * `vault-missing` where there is no place to keep it, else as the vault does.
 */
export async function ensureVault(
  vault: Vault,
): Promise<{ readonly kind: 'was-ready' } | { readonly kind: 'made'; readonly keySource: string }> {
  const { state, canInit, problem, keySource } = await vault.status();
  if (state !== 'missing') {
    await vault.ensureReady();
    return { kind: 'was-ready' };
  }
  if (!canInit) {
    throw keySource === 'keychain' || problem === undefined
      ? new JetonError('vault-missing', {}, { cause: problem })
      : problem;
  }
  await vault.init().catch((cause: unknown) => {
    // Another process was faster.
    if (!(cause instanceof JetonError && cause.code === 'vault-exists')) throw cause;
  });
  await vault.ensureReady();
  return { kind: 'made', keySource };
}
