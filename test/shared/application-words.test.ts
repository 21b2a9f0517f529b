/** What the tray application says in place of what the command line says. */
import { describe, expect, test } from 'vitest';
import { enInApplication } from '../../src/shared/messages/application/en.ts';
import { frInApplication } from '../../src/shared/messages/application/fr.ts';
import { en } from '../../src/shared/messages/en.ts';
import { loadApplicationMessages, loadMessages } from '../../src/shared/messages/messages.ts';

type Words = Readonly<Record<string, string | { readonly one: string; readonly other: string }>>;

/** What only a command says. */
const OF_COMMANDS =
  /^(command|help|option|argument|usage|status|config)\.|^store\.|^remedy\.store-backup|^(vault\.(missing\.can-init|export\.how|export\.refused)|update\.nothing|pause\.(paused|how-to-resume)|target\.(none|added))/;

const commands = Object.keys(en).flatMap((key) => /^command\.(\w+)$/.exec(key)?.[1] ?? []);
const TYPED = new RegExp(String.raw`\bjeton (${commands.join('|')})\b|(?:^|\s)--[a-z]`);

function textOf(message: Words[string]): string {
  return typeof message === 'string' ? message : `${message.one} ${message.other}`;
}

function holesOf(text: string): string[] {
  return text.match(/\{[\w-]+\}/g) ?? [];
}

describe('the application', () => {
  test.each(['en', 'fr'] as const)('tells nobody to type a command, in %s', async (language) => {
    const { find } = await loadApplicationMessages(language, language);
    const keys = Object.keys(en).filter((key) => !OF_COMMANDS.test(key));
    // `ssh {host}`, `docker compose …` and the like are other programs’.
    const typed = keys.filter((key) => TYPED.test(find(key) ?? ''));
    expect(typed).toEqual([]);
  });

  test('would notice one', async () => {
    const { find } = await loadMessages('en', 'en');
    expect(find('oneflex.remedy.chain-dead')).toMatch(TYPED);
    expect(find('sign-in.fix.other-account')).toMatch(TYPED);
  });

  test('needs no value that the command line does not have', () => {
    const commandLine: Words = en;
    for (const words of [enInApplication, frInApplication] satisfies readonly Words[]) {
      for (const [key, message] of Object.entries<string>(words)) {
        const known = holesOf(textOf(commandLine[key] ?? ''));
        // The newest backup is in the situation's details.
        const extra = holesOf(message).filter((hole) => !known.includes(hole) && hole !== '{backup}');
        expect({ key, extra }).toEqual({ key, extra: [] });
      }
    }
  });

  test('has French typography', () => {
    for (const message of Object.values<string>(frInApplication)) {
      expect(message).not.toMatch(/'|[^\s\u00a0\u202f][;:!?](\s|$)/);
    }
  });
});
