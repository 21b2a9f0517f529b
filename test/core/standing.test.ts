/** What tray and window derive from the snapshot alone: the icon, a row's action, a bot's health. */
import { describe, expect, test } from 'vitest';
import { EXIT, EXIT_CODE_OF, exitCodeOfFile } from '../../src/cli/exit-codes.ts';
import { actionFor } from '../../src/core/action.ts';
import type { ErrorCode } from '../../src/core/errors.ts';
import type { IntegrationError, IntegrationState } from '../../src/core/integration.ts';
import { overallOf } from '../../src/core/overall.ts';
import type { Headline, TargetView } from '../../src/core/snapshot.ts';
import { healthOf, isPassing } from '../../src/core/target-health.ts';

describe('the icon', () => {
  const expected: readonly (readonly [Headline, string, string])[] = [
    [{ kind: 'vault-locked' }, 'needs-you', 'needs-you'],
    [{ kind: 'database-without-slack' }, 'needs-you', 'needs-you'],
    [{ kind: 'person-needed', count: 1, name: 'Ops' }, 'needs-you', 'needs-you'],
    [{ kind: 'bot-failing', name: 'bot' }, 'needs-you', 'needs-you'],
    [{ kind: 'database-unreachable' }, 'failing', 'paused'],
    [{ kind: 'failing', count: 1, name: 'Ops' }, 'failing', 'paused'],
    [{ kind: 'export-failing', name: 'bot' }, 'failing', 'paused'],
    [{ kind: 'bot-waiting', name: 'bot' }, 'failing', 'paused'],
    [{ kind: 'renewing', count: 1 }, 'fresh', 'paused'],
    [{ kind: 'due', count: 1, name: 'Ops' }, 'fresh', 'paused'],
    [{ kind: 'all-fresh', count: 1, nextRunAt: 1, sessionEndsAt: 1 }, 'fresh', 'paused'],
    [{ kind: 'empty' }, 'fresh', 'paused'],
    [{ kind: 'all-paused' }, 'paused', 'paused'],
  ];

  test.each(expected)('of %j is %s, and %s in a pause', (headline, running, paused) => {
    expect(overallOf(headline, { isPaused: false })).toBe(running);
    expect(overallOf(headline, { isPaused: true })).toBe(paused);
  });
});

describe('the action of a row', () => {
  const error = (code: string, fields?: IntegrationError['fields']): IntegrationError => ({
    code,
    class: 'misconfigured',
    at: 1,
    ...(fields && { fields }),
  });
  const misconfigured = { kind: 'misconfigured' } as const;
  const expected: readonly (readonly [IntegrationState, IntegrationError | undefined, string, string])[] = [
    [{ kind: 'fresh' }, undefined, 'renew', 'renew'],
    [{ kind: 'due' }, undefined, 'renew', 'renew'],
    [{ kind: 'in-doubt' }, undefined, 'renew', 'renew'],
    [{ kind: 'retrying', until: 1 }, undefined, 'renew', 'renew'],
    [{ kind: 'renewing' }, undefined, 'none', 'none'],
    [{ kind: 'paused' }, undefined, 'resume', 'resume'],
    [{ kind: 'needs-sign-in' }, undefined, 'sign-in', 'sign-in'],
    [{ kind: 'needs-reinstall', worksUntil: 1 }, undefined, 'update', 'reinstall'],
    [misconfigured, error('bad_client_secret'), 'update', 'renew'],
    [misconfigured, error('long-lived-token'), 'exchange', 'exchange'],
    [misconfigured, error('config-missing'), 'reinstall', 'reinstall'],
    [misconfigured, error('config-broken'), 'none', 'none'],
    [misconfigured, error('fields-missing', ['client_id', 'client_secret']), 'backfill', 'backfill'],
    [misconfigured, error('fields-missing', ['client_id', 'refresh_token']), 'update', 'reinstall'],
  ];

  test.each(expected)('%j %j', (state, lastError, local, app) => {
    const view = { kind: 'slack', state, lastError } as const;
    expect(actionFor({ ...view, source: 'local' })).toBe(local);
    expect(actionFor({ ...view, source: 'app' })).toBe(app);
  });
});

describe('the health of a bot', () => {
  const lastExport: TargetView['lastExport'] = { at: 1, changedKeys: [] };
  const well = { pending: undefined, lastExport, exportFailure: undefined, lastRestart: undefined };
  const pending = {
    since: 1,
    heldUntil: undefined,
    reason: undefined,
    retryAt: undefined,
    startedAt: undefined,
  };
  const failure = (code: ErrorCode, details = {}): TargetView['exportFailure'] => ({ code, details, at: 1 });
  const restarted = (failed: string | undefined) => ({ at: 1, failure: failed, startedAt: undefined });
  const expected: readonly (readonly [Partial<typeof well | TargetView>, string])[] = [
    [{}, 'well'],
    [{ lastExport: undefined }, 'unsupplied'],
    [{ lastRestart: restarted(undefined) }, 'well'],
    [{ lastRestart: restarted('exited') }, 'failing'],
    [{ lastRestart: restarted('exited'), pending }, 'waiting'],
    [{ pending }, 'waiting'],
    [{ pending: { ...pending, reason: 'daemon-down' } }, 'waiting'],
    [{ exportFailure: failure('env-file-busy') }, 'waiting'],
    [{ exportFailure: failure('env-file-unwritable') }, 'failing'],
    [{ exportFailure: failure('oneflex-not-signed-in') }, 'unsupplied'],
    [{ exportFailure: failure('integration-not-found', { id: 'local:1' }) }, 'unsupplied'],
    [{ exportFailure: failure('integration-not-found', { id: 'app:1' }) }, 'failing'],
  ];

  test.each(expected)('with %j is %s', (change, health) => {
    expect(healthOf({ ...well, ...change })).toBe(health);
  });

  test('calls passing what the command line ends with 1 for', () => {
    const isCode = (text: string): text is ErrorCode => text in EXIT_CODE_OF;
    for (const code of Object.keys(EXIT_CODE_OF).filter(isCode)) {
      expect({ code, isPassing: isPassing(code) }).toEqual({
        code,
        isPassing: exitCodeOfFile(code) === EXIT.failed,
      });
    }
  });
});
