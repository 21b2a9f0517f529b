import { type StoreFile, storeFilesIn } from '../../node/database/recovery.ts';
import { prepareHome } from '../../node/paths.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isoOrNull } from '../present.ts';

export async function run(context: Context): Promise<ExitCode> {
  const { home, output, messages } = context;
  const { t } = messages;
  prepareHome(home);
  const { store, backups, setAside } = storeFilesIn(home);
  const document = {
    ...documentOf(store),
    backups: backups.map(documentOf),
    setAside: setAside.map(documentOf),
  };
  const isUsable = store.state === 'sound' || store.state === 'absent';
  output.result(document, [
    lineOf(store, context),
    '',
    ...listOf(t('store.backups'), backups, context),
    ...listOf(t('store.set-aside'), setAside, context),
    ...(isUsable
      ? []
      : [t(backups.some(({ state }) => state === 'sound') ? 'store.how.restore' : 'store.how.set-aside')]),
  ]);
  return isUsable ? EXIT.ok : EXIT.configuration;
}

function documentOf({ file, state, writtenAt }: StoreFile) {
  return { file, state, writtenAt: isoOrNull(writtenAt) };
}

function listOf(heading: string, files: readonly StoreFile[], context: Context): string[] {
  if (files.length === 0) return [`${heading} ${context.messages.t('store.none')}`];
  return [heading, ...files.map((file) => `  ${lineOf(file, context)}`)];
}

function lineOf({ file, state, writtenAt }: StoreFile, { messages: { t }, output, times }: Context): string {
  const colour = state === 'sound' ? 'green' : state === 'absent' ? 'dim' : 'red';
  const word = output.colour(colour, t(`store.state.${state}`));
  return writtenAt === undefined ? `${file}: ${word}` : `${file}: ${word}, ${times.both(writtenAt)}`;
}
