/** core's snapshot as it crosses to the window. Strict: what is not in it does not cross. */
import * as z from 'zod/mini';
import { exportErrorSchema } from '../../core/export/target.ts';
import { integrationErrorSchema, integrationIdSchema } from '../../core/integration-schema.ts';
import type { Snapshot } from '../../core/snapshot.ts';

/** Core writes `undefined` out where zod would leave the key away. */
function maybe<T extends z.ZodMiniType>(schema: T) {
  return z.custom<z.infer<T> | undefined>((value) => value === undefined || schema.safeParse(value).success);
}

const moment = maybe(z.number());
const list = <T extends z.ZodMiniType>(of: T) => z.readonly(z.array(of));
const optionalText = maybe(z.string());

const integrationState = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['fresh', 'due', 'renewing', 'in-doubt', 'needs-sign-in', 'misconfigured', 'paused']),
  }),
  z.strictObject({ kind: z.literal('retrying'), until: z.number() }),
  z.strictObject({ kind: z.literal('needs-reinstall'), worksUntil: moment }),
]);

export const integrationViewSchema = z.strictObject({
  id: integrationIdSchema,
  kind: z.enum(['slack', 'oneflex']),
  name: z.string(),
  source: z.enum(['local', 'app']),
  app: optionalText,
  state: integrationState,
  expiresAt: moment,
  worksUntil: moment,
  lastRenewedAt: moment,
  nextRunAt: moment,
  sessionEndsAt: moment,
  lastError: maybe(integrationErrorSchema),
});

const targetView = z.strictObject({
  name: z.string(),
  file: z.string(),
  host: optionalText,
  restart: z.enum(['on-reconnect', 'when-stopped', 'always', 'never']),
  pending: maybe(
    z.strictObject({
      since: z.number(),
      heldUntil: moment,
      reason: optionalText,
      retryAt: moment,
      startedAt: optionalText,
    }),
  ),
  lastExport: maybe(z.strictObject({ at: z.number(), changedKeys: list(z.string()) })),
  exportFailure: maybe(z.extend(exportErrorSchema, { at: z.number() })),
  lastRestart: maybe(z.strictObject({ at: z.number(), failure: optionalText, startedAt: optionalText })),
});

const counted = { count: z.number(), name: z.string() };

const headline = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['vault-locked', 'database-unreachable', 'all-paused', 'database-without-slack', 'empty']),
  }),
  z.strictObject({ kind: z.enum(['person-needed', 'failing', 'due']), ...counted }),
  z.strictObject({ kind: z.enum(['bot-failing', 'bot-waiting', 'export-failing']), name: z.string() }),
  z.strictObject({ kind: z.literal('renewing'), count: z.number() }),
  z.strictObject({
    kind: z.literal('all-fresh'),
    count: z.number(),
    nextRunAt: moment,
    sessionEndsAt: moment,
  }),
]);

const snapshot = z.strictObject({
  revision: z.number(),
  headline,
  vault: z.strictObject({ state: z.enum(['ready', 'locked', 'missing']), keySource: z.string() }),
  sources: list(
    z.strictObject({
      kind: z.enum(['local', 'app']),
      state: z.enum(['connected', 'not-connected', 'unreachable']),
      code: maybe(exportErrorSchema.shape.code),
      details: z.exactOptional(exportErrorSchema.shape.details),
    }),
  ),
  integrations: list(integrationViewSchema),
  targets: list(targetView),
});

export const snapshotSchema: z.ZodMiniType<Snapshot> = snapshot;
/** What there is besides the integrations, of which there may be hundreds. */
export const restOfSnapshotSchema: z.ZodMiniType<Omit<Snapshot, 'integrations'>> = z.omit(snapshot, {
  integrations: true,
});
