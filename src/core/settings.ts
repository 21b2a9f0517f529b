// Every command makes this schema before anything else; zod's small form takes a third of the time (measured).
import * as z from 'zod/mini';

/** The errors say what is taken, as notation that needs no translation. */
const anEndpoint = { error: 'https://… | http://localhost…' };

const endpoint = z.pipe(
  z.url(anEndpoint).check(z.refine((value) => value.startsWith('https://') || isLoopback(value), anEndpoint)),
  z.transform((value) => value.replace(/\/+$/, '')),
);

const tableName = z.string().check(
  z.regex(/^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$/, {
    error: 'TABLE | SCHEMA.TABLE',
  }),
);

/**
 * `settings.json` in Jeton's home: readable and editable by a person, without secrets. Every key has a default;
 * an unknown key is refused, so that a typing mistake is not silently without effect.
 */
export const settingsSchema = z.strictObject({
  /** `auto`: from the system's locale. */
  language: z._default(z.enum(['auto', 'en', 'fr']), 'auto'),
  /** Of the tray application's window. `system`: light or dark as the desktop is. */
  theme: z._default(z.enum(['system', 'light', 'dark']), 'system'),
  slack: z.prefault(
    z.strictObject({
      /** Base of the Web API, without a trailing slash. GovSlack has its own. */
      apiUrl: z._default(endpoint, 'https://slack.com/api'),
      /** Requests under way at once. */
      concurrency: z._default(between(1, 64), 64),
    }),
    {},
  ),
  oneflex: z.prefault(
    z.strictObject({
      /** The site, without a trailing slash. */
      url: z._default(endpoint, 'https://oneflex.myworldline.com'),
      /** `auto`, `chrome`, `msedge`, `chromium`, or the path of a browser of their family. */
      browser: z._default(
        z.string().check(z.regex(/\S/, { error: 'auto | chrome | msedge | chromium | PATH' })),
        'auto',
      ),
      /**
       * Where the tray application's person signs in, as they chose last, and where it therefore renews: its own
       * window, or the person's own browser, which a company's rules may demand.
       */
      signInWith: z._default(z.enum(['window', 'own']), 'window'),
      /** Further hosts that the application's sign-in window may go to, with commas: a company's own federation. */
      signInHosts: z._default(
        z.string().check(
          z.refine((value) => value.split(',').every((entry) => isHostPattern(entry.trim())), {
            error: 'HOST, HOST:PORT, *.HOST, …',
          }),
        ),
        '',
      ),
    }),
    {},
  ),
  database: z.prefault(
    z.strictObject({
      integrationTable: z._default(tableName, 'alyawebapp_integration'),
      userIntegrationTable: z._default(tableName, 'alyawebapp_userintegration'),
    }),
    {},
  ),
  schedule: z.prefault(
    z.strictObject({
      /** Minutes between scheduled one-shot runs; written by `jeton schedule install`. */
      everyMinutes: z._default(z.nullable(between(1, 43_200)), null),
    }),
    {},
  ),
  log: z.prefault(
    z.strictObject({
      level: z._default(z.enum(['debug', 'info', 'warn', 'error']), 'info'),
      /** Bytes at which a log file is rotated. */
      maxBytes: z._default(between(10_000, 100_000_000), 2_000_000),
    }),
    {},
  ),
});

export type Settings = z.infer<typeof settingsSchema>;

function isLoopback(url: string): boolean {
  return /^http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?(\/|$)/.test(url);
}

/** A `*` stands for names under at least two more: whole top-level domains are nobody's own. */
function isHostPattern(entry: string): boolean {
  return entry === '' || /^(?:\*\.(?=[^.]+\.))?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/i.test(entry);
}

function between(least: number, most: number): z.ZodMiniNumberFormat {
  return z.int().check(z.gte(least), z.lte(most));
}
