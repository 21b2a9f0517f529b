import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

export interface TestPgBouncer {
  /** The same database as `url`, through the pooler. */
  urlOf(url: string): string;
  dispose(): Promise<void>;
}

/**
 * A real PgBouncer (Debian package `pgbouncer`) in statement pooling mode, its strictest: each statement may run
 * on another of its two server connections, and a transaction of several statements is refused.
 */
export async function startPgBouncer(postgresPort: number): Promise<TestPgBouncer> {
  const folder = await mkdtemp(join(tmpdir(), 'jeton-pgbouncer-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const settings = join(folder, 'pgbouncer.ini');
  await writeFile(
    settings,
    `[databases]
* = host=127.0.0.1 port=${postgresPort} user=postgres password=test-database-password
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = statement
default_pool_size = 2
server_reset_query =
`,
  );
  // As root it insists on becoming somebody else.
  const asUser = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
  const child = spawn('pgbouncer', [...asUser, settings], {
    // Debian keeps it where a user's PATH does not look.
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('process up')) resolve();
    });
    child.once('error', (cause) => {
      reject(new Error('this test needs pgbouncer (Debian package of that name)', { cause }));
    });
    child.once('exit', () => reject(new Error(`PgBouncer did not start:\n${log}`)));
  });

  return {
    urlOf: (url) => {
      const pooled = new URL(url);
      pooled.port = String(port);
      return pooled.href;
    },
    dispose: async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
