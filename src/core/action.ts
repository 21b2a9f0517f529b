import { assertNever } from './errors.ts';
import type { IntegrationView } from './snapshot.ts';

/** What a person can do about an integration that helps most just now. */
export type Action =
  | 'renew'
  | 'sign-in'
  | 'update'
  | 'backfill'
  | 'exchange'
  | 'reinstall'
  | 'resume'
  | 'none';

/**
 * `update`: new credentials for a row of Jeton's own. `reinstall`: the app's page at Slack; a row of the application
 * is then given its tokens there.
 */
export function actionFor(view: Pick<IntegrationView, 'source' | 'kind' | 'state' | 'lastError'>): Action {
  const { state, source } = view;
  switch (state.kind) {
    case 'fresh':
    case 'due':
    case 'in-doubt':
    case 'retrying':
      return 'renew';
    case 'renewing':
      return 'none';
    case 'paused':
      return 'resume';
    case 'needs-sign-in':
      return 'sign-in';
    case 'needs-reinstall':
      return source === 'local' ? 'update' : 'reinstall';
    case 'misconfigured':
      return actionForIncomplete(view);
    default:
      return assertNever(state);
  }
}

function actionForIncomplete({ source, lastError }: Pick<IntegrationView, 'source' | 'lastError'>): Action {
  const isOurs = source === 'local';
  switch (lastError?.code) {
    case 'long-lived-token':
      return 'exchange';
    case 'config-missing':
      return 'reinstall';
    case 'config-broken':
      // Only whoever owns the row can mend it.
      return 'none';
    case 'fields-missing': {
      const isOfApp = lastError.fields?.every((field) => field === 'client_id' || field === 'client_secret');
      if (isOfApp === true) return 'backfill';
      return isOurs ? 'update' : 'reinstall';
    }
    default:
      // What Slack refused may have been put right at Slack, or in the application.
      return isOurs ? 'update' : 'renew';
  }
}
