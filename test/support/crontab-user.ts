import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A crontab that belongs to nobody else: what the adapter is given in place of `crontab`. */
export interface TestCrontab {
  readonly argv: readonly string[];
  /** What cron itself reads, byte for byte (latin1). */
  content(): string | undefined;
  dispose(): void;
}

/** Debian's real crontab(1), for a user made for the occasion. For root. */
export function realCrontab(): TestCrontab {
  const user = `jeton-test-${process.pid}`;
  const spool = `/var/spool/cron/crontabs/${user}`;
  execFileSync('useradd', ['--no-create-home', '--shell', '/usr/sbin/nologin', user]);
  return {
    argv: ['crontab', '-u', user],
    // Three lines of its own are at the top of every installed crontab.
    content: () => read(spool)?.replace(/^(#.*\n){3}/, ''),
    dispose: () => {
      rmSync(spool, { force: true });
      execFileSync('userdel', [user]);
    },
  };
}

/** The same manners in a few lines of shell, for those who are not root. */
export function standInCrontab(): TestCrontab {
  const folder = mkdtempSync(join(tmpdir(), 'jeton-crontab-'));
  const script = join(folder, 'crontab');
  const spool = join(folder, 'spool');
  writeFileSync(
    script,
    `#!/bin/sh
file='${spool}'
none() { echo 'no crontab for somebody' >&2; exit 1; }
case "$1" in
  -l) [ -e "$file" ] || none; sed 's/\\r/\\\\r/g; s/\\x08/\\\\b/g' "$file" ;;
  -e) $VISUAL "$file"; echo 'No modification made' >&2 ;;
  -r) [ -e "$file" ] || none; rm "$file" ;;
  -) cat >"$file.new"
     [ "$(tail -c 1 "$file.new" | wc -l)" = 1 ] || { echo 'missing newline before EOF' >&2; exit 1; }
     mv "$file.new" "$file" ;;
esac
`,
  );
  chmodSync(script, 0o700);
  return { argv: [script], content: () => read(spool), dispose: () => rmSync(folder, { recursive: true }) };
}

function read(spool: string): string | undefined {
  return existsSync(spool) ? readFileSync(spool, 'latin1') : undefined;
}
