import { z } from 'zod';
import type { IntegrationId } from '../../core/integration.ts';

export const integrationIdSchema = z.custom<IntegrationId>(
  (value) => typeof value === 'string' && /^(local|app|oneflex):/.test(value),
);
