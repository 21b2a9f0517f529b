import { afterAll, beforeAll } from 'vitest';
import {
  describeIncompleteRows,
  describeIntegrationSource,
  type MakeHarness,
} from '../contracts/integration-source.ts';
import { makeApplicationHarness } from '../support/application-database.ts';
import { startPgBouncer, type TestPgBouncer } from '../support/pgbouncer.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
let pgBouncer: TestPgBouncer;
let url: string;

beforeAll(async () => {
  postgres = await startPostgres();
  url = `${await postgres.createDatabase()}?sslmode=disable`;
  pgBouncer = await startPgBouncer(postgres.port);
});

afterAll(async () => {
  await pgBouncer.dispose();
  await postgres.dispose();
});

function describeBoth(name: string, makeHarness: MakeHarness): void {
  describeIntegrationSource(name, 'app', makeHarness);
  describeIncompleteRows(name, makeHarness);
}

for (const config of ['jsonb', 'json', 'text'] as const) {
  for (const updatedAt of [true, false]) {
    describeBoth(`ApplicationDatabase, config ${config}, ${updatedAt ? 'with' : 'without'} updated_at`, () =>
      makeApplicationHarness(url, { config, updatedAt }),
    );
  }
}

for (const id of ['integer', 'uuid'] as const) {
  describeBoth(`ApplicationDatabase, id ${id}`, () => makeApplicationHarness(url, { id }));
}

describeBoth('ApplicationDatabase through PgBouncer in statement mode', () =>
  makeApplicationHarness(url, {}, pgBouncer.urlOf(url)),
);
