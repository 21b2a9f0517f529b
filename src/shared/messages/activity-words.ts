import type { Activity } from '../../core/ports.ts';
import type { Messages } from './messages.ts';
import { reasonFor } from './words.ts';

/** What happened, and why where that is known. */
export function activityWords({ event, code }: Pick<Activity, 'event' | 'code'>, messages: Messages): string {
  const what = messages.find(`activity.${event}`) ?? event;
  return code === undefined ? what : `${what} (${reasonFor(code, messages)})`;
}
