import { z } from 'zod';

/** The errors say what is taken, as notation that needs no translation. */
const anEndpoint = { error: 'https://… | http://localhost…' };

const endpoint = z
  .url(anEndpoint)
  .refine((value) => value.startsWith('https://') || isLoopback(value), anEndpoint)
  .transform((value) => value.replace(/\/+$/, ''));

const tableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$/, {
  error: 'TABLE | SCHEMA.TABLE',
});

/**
 * `settings.json` in Jeton's home: readable and editable by a person, without secrets. Every key has a default;
 * an unknown key is refused, so that a typing mistake is not silently without effect.
 */
export const settingsSchema = z.strictObject({
  /** `auto`: from the system's locale. */
  language: z.enum(['auto', 'en', 'fr']).default('auto'),
  slack: z
    .strictObject({
      /** Base of the Web API, without a trailing slash. GovSlack has its own. */
      apiUrl: endpoint.default('https://slack.com/api'),
      /** Requests under way at once. */
      concurrency: z.int().min(1).max(64).default(32),
    })
    .prefault({}),
  oneflex: z
    .strictObject({
      /** The site, without a trailing slash. */
      url: endpoint.default('https://oneflex.myworldline.com'),
      /** `auto`, `chrome`, `msedge`, `chromium`, or the path of a browser of their family. */
      browser: z.string().regex(/\S/, { error: 'auto | chrome | msedge | chromium | PATH' }).default('auto'),
    })
    .prefault({}),
  database: z
    .strictObject({
      integrationTable: tableName.default('alyawebapp_integration'),
      userIntegrationTable: tableName.default('alyawebapp_userintegration'),
    })
    .prefault({}),
  schedule: z
    .strictObject({
      /** Minutes between scheduled one-shot runs; written by `jeton schedule install`. */
      everyMinutes: z.int().min(1).max(43_200).nullable().default(null),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
      /** Bytes at which a log file is rotated. */
      maxBytes: z.int().min(10_000).max(100_000_000).default(2_000_000),
    })
    .prefault({}),
});

export type Settings = z.infer<typeof settingsSchema>;

function isLoopback(url: string): boolean {
  return /^http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?(\/|$)/.test(url);
}
