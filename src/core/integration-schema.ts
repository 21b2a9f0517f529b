/** An integration's id and error where they come from outside the process: a row of jeton.db, a window. */
import * as z from 'zod/mini';
import type { IntegrationError, IntegrationId } from './integration.ts';

export const integrationIdSchema = z.custom<IntegrationId>(
  (value) => typeof value === 'string' && /^(local|app|oneflex):\S{1,200}$/.test(value),
);

export const integrationErrorSchema: z.ZodMiniType<IntegrationError> = z.strictObject({
  code: z.string(),
  class: z.enum([
    'chain-dead',
    'misconfigured',
    'transient',
    'in-doubt',
    'environment',
    'unknown',
    'internal',
  ]),
  at: z.number(),
  fields: z.exactOptional(z.array(z.enum(['access_token', 'refresh_token', 'client_id', 'client_secret']))),
});
