/** Settings that the window itself goes by, or puts somewhere else than in the list. */
import type { Args, JetonBridge } from '../shared/ipc/bridge.ts';

/** `window` or `own`: how a person signs in to OneFlex unless they say otherwise. */
export const SIGN_IN_KEY = 'oneflex.signInWith';

/** The way to sign in that the settings name. */
export async function preferredBrowser(jeton: JetonBridge): Promise<Args<'signIn'>['browser']> {
  const result = await jeton.listSettings();
  if (!result.ok) return 'window';
  const setting = result.value.settings.find(({ key }) => key === SIGN_IN_KEY);
  return setting?.value === 'own' ? 'own' : 'window';
}
