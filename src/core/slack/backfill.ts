import type { IntegrationId } from '../integration.ts';
import type { ActivityLog, Clock, IntegrationSource, MissingFields } from '../ports.ts';
import { ASSUMED_EXPIRY_MS } from '../schedule.ts';
import type { Secret } from '../secret.ts';

export interface BackfillRequest {
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Report only; nothing is written. */
  readonly dryRun: boolean;
}

export interface BackfilledRow {
  readonly id: IntegrationId;
  readonly name: string;
  readonly filled: readonly (keyof MissingFields)[];
  /** `filled`, or left alone because it lacks nothing, or because its `config` cannot be used. */
  readonly outcome: 'filled' | 'would-fill' | 'complete' | 'unusable';
}

export interface BackfillPorts {
  readonly sources: readonly IntegrationSource[];
  readonly activity: ActivityLog;
  readonly clock: Clock;
}

/**
 * Gives rows that lack them the app's client id and secret, and an expiry one hour ahead to those that nobody
 * dated, so that the next run takes them up. What a row has is never changed.
 */
export async function backfill(
  ports: BackfillPorts,
  request: BackfillRequest,
): Promise<readonly BackfilledRow[]> {
  const rows: BackfilledRow[] = [];
  for (const source of ports.sources) {
    for (const { id, name, defect, missing, expiresAt } of await source.list()) {
      const wanted: MissingFields = {
        ...(missing.includes('client_id') && { clientId: request.clientId }),
        ...(missing.includes('client_secret') && { clientSecret: request.clientSecret }),
        ...(expiresAt === undefined && { expiresAt: ports.clock.now() + ASSUMED_EXPIRY_MS }),
      };
      const fields = fieldsOf(wanted);
      if (defect !== undefined || fields.length === 0) {
        rows.push({ id, name, filled: [], outcome: defect === undefined ? 'complete' : 'unusable' });
      } else if (request.dryRun) {
        rows.push({ id, name, filled: fields, outcome: 'would-fill' });
      } else {
        const filled = await source.fillMissing(id, wanted);
        rows.push({ id, name, filled, outcome: filled.length > 0 ? 'filled' : 'complete' });
        const at = ports.clock.now();
        await ports.activity.record({
          at,
          id,
          name,
          event: 'backfilled',
          code: undefined,
          durationMs: undefined,
        });
      }
    }
  }
  return rows;
}

function fieldsOf(fields: MissingFields): readonly (keyof MissingFields)[] {
  const names = ['clientId', 'clientSecret', 'expiresAt'] as const;
  return names.filter((name) => fields[name] !== undefined);
}
