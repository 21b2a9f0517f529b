import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryHome } from './temporary-home.ts';

/**
 * For this test, `docker` is a small program of the test's own that knows one bot: its container restarts when it is
 * told to, and compose says so. `neverEnds`: compose does not come back from it.
 */
export function withPrivateDocker({ neverEnds = false }: { readonly neverEnds?: boolean } = {}): void {
  const folder = temporaryHome();
  const started = join(folder, 'started');
  const container = JSON.stringify({
    id: 'c1',
    running: true,
    restarting: false,
    startedAt: 'STARTED',
    exitCode: 0,
    health: 'none',
    variables: [],
    timeZone: [''],
    mounts: [],
    workingDir: '',
    oneOff: 'False',
  });
  writeFileSync(started, '2026-01-01T00:00:00Z');
  const program = `#!/bin/sh
case "$*" in
  *--version) echo 'Docker version 28.2.2, build e6534b4' ;;
  *'version --format'*) echo 28.2.2 ;;
  *'version --short'*) echo 2.36.2 ;;
  *'config --services'*) echo oneflex-bot ;;
  *'ps --all --quiet'*) echo c1 ;;
  *inspect*) printf '%s' '${container}' | sed "s/STARTED/$(cat '${started}')/" ;;
  *restart* | *force-recreate*) date -u +%Y-%m-%dT%H:%M:%SZ > '${started}'; echo 'Container oneflex-bot  Restarting'${neverEnds ? '; exec sleep 600' : ''} ;;
esac
`;
  writeFileSync(join(folder, 'docker'), program, { mode: 0o755 });
  const path = process.env['PATH'];
  process.env['PATH'] = `${folder}:${path}`;
  onTestFinished(() => void (process.env['PATH'] = path));
}
