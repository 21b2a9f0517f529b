import * as z from 'zod/mini';
import type { IntegrationId } from '../../core/integration.ts';

export const integrationIdSchema = z.custom<IntegrationId>(
  (value) => typeof value === 'string' && /^(local|app|oneflex):/.test(value),
);
