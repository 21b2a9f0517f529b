import type { StoredRow } from '../contracts/integration-source.ts';
import { describeIncompleteRows, describeIntegrationSource } from '../contracts/integration-source.ts';
import { describeLocalIntegrations, type LocalIntegrationsHarness } from '../contracts/local-integrations.ts';
import { MemoryLocalIntegrations, MemoryRows } from './memory-source.ts';

async function makeHarness(): Promise<LocalIntegrationsHarness> {
  const rows = new MemoryRows('local');
  const dead = new Set<string>();
  let now = Date.UTC(2026, 0, 15, 10, 0, 0);
  return {
    open: async () =>
      new MemoryLocalIntegrations({ rows, clock: { now: () => now }, isDead: (owner) => dead.has(owner) }),
    seed: async (row) => rows.add({ ...row }),
    read: async (id) => {
      const row = rows.get(id);
      return (
        row &&
        ({
          enabled: row.enabled,
          accessToken: row.accessToken,
          refreshToken: row.refreshToken,
          clientId: row.clientId,
          clientSecret: row.clientSecret,
          expiresAt: row.expiresAt,
        } satisfies StoredRow)
      );
    },
    change: async (id, change) => {
      Object.assign(rows.get(id) ?? {}, change);
    },
    remove: async (id) => rows.remove(id),
    expireLeases: async () => {
      now += 24 * 3_600_000;
    },
    markDead: (owner) => {
      dead.add(owner);
    },
    dispose: async () => {},
  };
}

describeIntegrationSource('MemorySource', 'local', makeHarness);
describeIncompleteRows('MemorySource', makeHarness);
describeLocalIntegrations('MemoryLocalIntegrations', makeHarness);
