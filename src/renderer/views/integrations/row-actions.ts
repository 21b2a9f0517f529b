/** What can be done about an integration, and by which call. */
import type { JetonBridge, Reply, Result } from '../../../shared/ipc/bridge.ts';
import type { WindowContext } from '../../window-context.ts';
import type { Row } from './arrange.ts';

/** What takes more than one press: done in the row's details. */
export const TASKS = ['sign-in', 'update', 'backfill', 'exchange', 'reinstall', 'remove', 'forget'] as const;
export type Task = (typeof TASKS)[number];

/** What a press came to. Without words the row itself shows it. */
export interface Said {
  readonly tone: 'good' | 'plain' | 'warning';
  readonly words: string;
}

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
): Promise<Result<Said>> {
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
): Promise<Result<Said>> {
  const reply = await jeton.refresh({ ids: [id], force: true });
  if (reply.ok && reply.value.left > 0) {
    return { ok: true, value: { tone: 'plain', words: t('renewed.left') } };
  }
  const result = ofOne(id, reply);
  if (!result.ok) return result;
  return result.value.renewed > 0 ? said(result, () => t('renewed.yes')) : notRenewed(id, result.value, t);
}

function notRenewed(id: string, { results }: Reply<'refresh'>, t: WindowContext['t']): Result<Said> {
  const note = results.find((row) => row.id === id)?.note;
  return { ok: true, value: { tone: 'warning', words: [t('renewed.no'), note].filter(Boolean).join(' ') } };
}

/** A report of one row in which that row failed is a failure. */
export function ofOne(id: string, result: Result<Reply<'refresh'>>): Result<Reply<'refresh'>> {
  const error = result.ok ? (result.value.results.find((row) => row.id === id)?.error ?? null) : null;
  return error === null ? result : { ok: false, error };
}

async function renewOneflex(jeton: JetonBridge, t: WindowContext['t']): Promise<Result<Said>> {
  const result = await jeton.renewOneflex();
  if (!result.ok) return result;
  const { renewed, explanation } = result.value;
  if (renewed) return said(result, () => t('renewed.yes'));
  return explanation === null
    ? { ok: true, value: { tone: 'warning', words: t('renewed.no') } }
    : { ok: false, error: explanation };
}

function said<T>(result: Result<T>, words: (value: T) => string): Result<Said> {
  return result.ok ? { ok: true, value: { tone: 'good', words: words(result.value) } } : result;
}
