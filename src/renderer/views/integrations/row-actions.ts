/** What can be done about an integration, and by which call. */
import type { JetonBridge, Reply, Result } from '../../../shared/ipc/bridge.ts';
import type { WindowContext } from '../../window-context.ts';
import type { Row } from './arrange.ts';

/** What takes more than one press: done in the row's details. */
export const TASKS = ['sign-in', 'update', 'backfill', 'exchange', 'reinstall', 'remove', 'forget'] as const;
export type Task = (typeof TASKS)[number];

/** The call of an action of one press, and the words for its success. */
export type OnePress = 'renew' | 'pause' | 'resume' | 'verify';

export function isTask(action: Row['action']): action is Extract<Row['action'], Task> {
  return TASKS.some((task) => task === action);
}

export async function press(
  action: OnePress,
  { id, kind }: Row['view'],
  jeton: JetonBridge,
  t: WindowContext['t'],
): Promise<Result<string>> {
  switch (action) {
    case 'renew':
      return kind === 'oneflex' ? renewOneflex(jeton, t) : renewSlack(id, jeton, t);
    case 'pause':
      return said(await jeton.pauseIntegration({ id }), () => '');
    case 'resume':
      return said(await jeton.resumeIntegration({ id }), () => '');
    case 'verify':
      return said(await jeton.verifyOneflex(), ({ account }) => t('verify.account', { account }));
  }
}

async function renewSlack(
  id: Row['view']['id'],
  jeton: JetonBridge,
  t: WindowContext['t'],
): Promise<Result<string>> {
  const reply = await jeton.refresh({ ids: [id], force: true });
  if (reply.ok && reply.value.left > 0) return { ok: true, value: t('renewed.left') };
  const result = ofOne(id, reply);
  return said(result, ({ renewed }) => t(renewed > 0 ? 'renewed.yes' : 'renewed.no'));
}

/** A report of one row in which that row failed is a failure. */
export function ofOne(id: string, result: Result<Reply<'refresh'>>): Result<Reply<'refresh'>> {
  const error = result.ok ? (result.value.results.find((row) => row.id === id)?.error ?? null) : null;
  return error === null ? result : { ok: false, error };
}

async function renewOneflex(jeton: JetonBridge, t: WindowContext['t']): Promise<Result<string>> {
  const result = await jeton.renewOneflex();
  if (!result.ok) return result;
  const { renewed, explanation } = result.value;
  if (renewed) return { ok: true, value: t('renewed.yes') };
  return explanation === null ? { ok: true, value: t('renewed.no') } : { ok: false, error: explanation };
}

function said<T>(result: Result<T>, words: (value: T) => string): Result<string> {
  return result.ok ? { ok: true, value: words(result.value) } : result;
}
