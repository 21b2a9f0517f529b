import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { JetonError } from '../../core/errors.ts';
import { errnoOf } from '../../node/paths.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';

export async function run(context: Context, options: unknown): Promise<ExitCode> {
  const { input, output, messages } = context;
  const { t } = messages;
  const { out } = z.object({ out: z.string().optional() }).parse(options);
  if (out === undefined) {
    const isAsked = input.isTerminal && output.isTerminal && !output.json;
    if (!isAsked || !(await input.confirm(t('vault.export.confirm')))) {
      throw new UsageError(t('vault.export.refused'), t('vault.export.how'));
    }
  }
  return withEngine(context, {}, async ({ home }) => {
    const key = (await home.vault.exportRecoveryKey()).reveal();
    if (out === undefined || out === '-') {
      output.result({ recoveryKey: key }, [key]);
    } else {
      writeNew(out, key);
      output.result({ path: out }, [t('vault.exported', { path: out })]);
    }
    return EXIT.ok;
  });
}

/** Readable by its owner only, from the first byte on; an existing file is left alone. Throws `file-unwritable`. */
function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, `${text}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const code = errnoOf(cause);
    const reason = code === 'ENOENT' ? 'folder-missing' : code;
    throw new JetonError('file-unwritable', { path, reason }, { cause });
  }
}
