/** How the application's tables are made, as found in the catalogue. */
export interface Layout {
  readonly integrationTable: string;
  readonly userIntegrationTable: string;
  readonly idType: string;
  readonly configType: 'jsonb' | 'json' | 'text';
  readonly hasUpdatedAt: boolean;
}

export type Statements = ReturnType<typeof writeStatements>;

/**
 * Our own key in `config`. `access` is the SHA-256 of the access token that the holder saw: together with the
 * chain it tells whether anybody wrote to the row since. There is no counter of claims: the chain changes with
 * every rotation, so a mark of an earlier one says so itself.
 */
export const leaseKey = 'jeton_lease';

/** The columns of the table with the quoted name $1; none when there is no such table. */
export const describeTable = `
  SELECT attname AS column, format_type(atttypid, NULL) AS type
  FROM pg_attribute
  WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`;

export const serverVersion = `SELECT current_setting('server_version') AS version`;

/** `schema.table` as SQL: each part quoted, so that case and reserved words are kept. */
export function quoteTable(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
}

const databaseNow = `(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;
const blanks = String.raw`E' \t\n\x0b\f\r'`;
const isSlack = `i.name ILIKE '%slack%'`;

/**
 * Every statement stands alone: no transaction, session state, prepared name or lock outlives it, so that
 * PgBouncer may put each on another connection. All values are parameters; names come from the catalogue or
 * are quoted.
 */
export function writeStatements(layout: Layout) {
  const rows = quoteTable(layout.userIntegrationTable);
  const integrations = quoteTable(layout.integrationTable);
  const asJsonb = layout.configType === 'jsonb' ? 'u.config' : 'u.config::text::jsonb';
  const touch = layout.hasUpdatedAt ? ', updated_at = clock_timestamp()' : '';
  const stored = (config: string): string => `config = (${config})::${layout.configType}`;

  /**
   * The rows $1, locked for this statement only, and what we read in them. `config` is cast behind a
   * MATERIALIZED fence: it can only fail for these rows, never for a broken neighbour. Rows are locked in one
   * order, so that two statements cannot wait for each other. The later steps are fenced only for speed: PostgreSQL
   * would write each out in full wherever the next one names it, and planning that took longer than running it.
   */
  const found = `
    WITH locked AS MATERIALIZED (
      SELECT u.id, nullif(btrim(u.access_token, ${blanks}), '') AS access_token, ${asJsonb} AS config
      FROM ${rows} u
      WHERE u.id = ANY($1::${layout.idType}[])
        AND EXISTS (SELECT FROM ${integrations} i WHERE i.id = u.integration_id AND ${isSlack})
      ORDER BY u.id
      FOR NO KEY UPDATE OF u
    ), usable AS MATERIALIZED (
      SELECT id, access_token, CASE WHEN jsonb_typeof(config) = 'object' THEN config END AS config
      FROM locked
    ), tokens AS MATERIALIZED (
      SELECT *, ${textOf('refresh_token')} AS refresh_token, ${textOf('client_id')} AS client_id,
             ${textOf('client_secret')} AS client_secret, ${textOf('token_expiry')} AS token_expiry,
             ${sha256(`coalesce(access_token, '')`)} AS access
      FROM usable
    ), chained AS MATERIALIZED (
      SELECT *, CASE WHEN config IS NULL THEN NULL
                     WHEN refresh_token IS NOT NULL THEN ${sha256('refresh_token')}
                     WHEN access_token ~ '^xox[bp]-' THEN ${sha256('access_token')} END AS chain
      FROM tokens
    ), found AS MATERIALIZED (
      SELECT *, CASE WHEN config->'${leaseKey}'->>'chain' = chain THEN config->'${leaseKey}' END AS lease
      FROM chained
    )`;

  return {
    list: `
      SELECT u.id::text AS id, i.name AS integration, u.user_id::text AS "user", u.enabled::boolean AS enabled,
             u.access_token, u.config::text AS config, ${databaseNow}::float8 AS now
      FROM ${rows} u JOIN ${integrations} i ON i.id = u.integration_id
      WHERE ${isSlack}
      ORDER BY u.id`,

    /** Whether there is a Slack integration at all, which rows could be of. */
    isSlackKnown: `SELECT EXISTS (SELECT FROM ${integrations} i WHERE ${isSlack}) AS known`,

    accessToken: `
      SELECT u.access_token
      FROM ${rows} u JOIN ${integrations} i ON i.id = u.integration_id
      WHERE u.id = ANY($1::${layout.idType}[]) AND ${isSlack}`,

    /** $2 chain, $3 owner, $4 milliseconds, $5 owners known to be dead */
    claim: `${found}, judged AS MATERIALIZED (
        SELECT *, client_id IS NOT NULL AND client_secret IS NOT NULL AS complete,
               coalesce(${leaseUntil} > ${databaseNow} AND lease->>'owner' <> ALL($5::text[]), false) AS held
        FROM found
      ), verdict AS MATERIALIZED (
        SELECT CASE WHEN count(*) < cardinality($1::${layout.idType}[])
                      OR NOT bool_and(coalesce(chain = $2::text, false)) THEN 'changed'
                    WHEN bool_or(held) THEN 'busy'
                    WHEN NOT bool_or(complete) THEN 'changed'
                    ELSE 'claimed' END AS kind
        FROM judged
      ), taken AS (
        UPDATE ${rows} u
        SET ${stored(`j.config || jsonb_build_object('${leaseKey}', jsonb_build_object(
              'owner', $3::text, 'chain', j.chain, 'until', ${databaseNow} + $4::bigint, 'access', j.access))`)}
        FROM judged j, verdict
        WHERE u.id = j.id AND verdict.kind = 'claimed'
      )
      SELECT verdict.kind, j.id::text AS id, j.complete, j.held, j.lease IS NOT NULL AS marked,
             j.lease->>'owner' AS holder, j.client_id, j.client_secret, j.refresh_token, j.access_token,
             j.token_expiry
      FROM judged j, verdict`,

    /** $2 spent chain, $3 access token, $4 refresh token, $5 expiry or null */
    save: `${found}, written AS (
        UPDATE ${rows} u
        SET access_token = $3::text, ${stored(`
              (f.config - ARRAY['token_expiry', 'refresh_failure_time', 'refresh_errors', '${leaseKey}'])
              || jsonb_strip_nulls(jsonb_build_object('refresh_token', $4::text, 'token_expiry', $5::text))`)}${touch}
        FROM found f
        WHERE u.id = f.id AND f.chain = $2::text AND coalesce(f.lease->>'access' = f.access, true)
        RETURNING u.id
      )
      SELECT EXISTS (SELECT FROM written) OR coalesce(access_token = $3::text AND refresh_token = $4::text, false)
             AS saved
      FROM found`,

    /** $2 chain, $3 owner */
    releaseUnspent: `${found}
      UPDATE ${rows} u SET ${stored(`f.config - '${leaseKey}'`)}
      FROM found f WHERE u.id = f.id AND f.chain = $2::text AND f.lease->>'owner' = $3::text`,

    /** $2 chain, $3 owner */
    releaseInDoubt: `${found}
      UPDATE ${rows} u
      SET ${stored(`jsonb_set(f.config, '{${leaseKey},until}', to_jsonb(${databaseNow}))`)}
      FROM found f WHERE u.id = f.id AND f.chain = $2::text AND f.lease->>'owner' = $3::text`,

    /** $2 chain, $3 time, $4 message */
    recordFailure: `${found}
      UPDATE ${rows} u
      SET ${stored(`f.config || jsonb_build_object('refresh_failure_time', $3::text, 'refresh_errors', (
            SELECT jsonb_agg(last.error ORDER BY last.position)
            FROM (
              SELECT error, position
              FROM jsonb_array_elements(
                CASE WHEN jsonb_typeof(f.config->'refresh_errors') = 'array'
                     THEN f.config->'refresh_errors' ELSE '[]' END
                || jsonb_build_array(jsonb_build_object('timestamp', $3::text, 'message', $4::text))
              ) WITH ORDINALITY AS errors(error, position)
              ORDER BY position DESC LIMIT 5
            ) last))`)}${touch}
      FROM found f WHERE u.id = f.id AND f.chain = $2::text`,

    /** $2 client id, $3 client secret, $4 expiry; each null for "leave it" */
    fillMissing: `${found}, filling AS MATERIALIZED (
        SELECT id, config, jsonb_strip_nulls(jsonb_build_object(
                 'client_id', CASE WHEN ${isBlank('client_id')} THEN $2::text END,
                 'client_secret', CASE WHEN ${isBlank('client_secret')} THEN $3::text END,
                 'token_expiry', CASE WHEN ${isBlank('token_expiry')} THEN $4::text END)) AS fields
        FROM found WHERE config IS NOT NULL
      ), written AS (
        UPDATE ${rows} u SET ${stored('f.config || f.fields')}${touch}
        FROM filling f WHERE u.id = f.id AND f.fields <> '{}'
        RETURNING u.id
      )
      SELECT jsonb_object_keys(f.fields) AS field FROM filling f JOIN written USING (id)`,
  };
}

const leaseUntil = `CASE WHEN jsonb_typeof(lease->'until') = 'number' THEN (lease->>'until')::numeric END`;

/** The value of a key when it is a string with something in it, else NULL. */
function textOf(key: string): string {
  return `CASE WHEN jsonb_typeof(config->'${key}') = 'string'
               THEN nullif(btrim(config->>'${key}', ${blanks}), '') END`;
}

/** Absent, null or a blank string. A number is neither blank nor usable: it is left alone. */
function isBlank(key: string): string {
  return `(coalesce(jsonb_typeof(config->'${key}'), 'null') IN ('null', 'string') AND ${key} IS NULL)`;
}

function sha256(text: string): string {
  return `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;
}
