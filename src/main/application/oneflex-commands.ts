import { JetonError } from '../../core/errors.ts';
import { shownName } from '../../core/scrub.ts';
import { secretOrNone } from '../../core/secret.ts';
import { pastedTokens } from '../../node/pasted-tokens.ts';
import { ensureVault } from '../../node/vault/ensure-vault.ts';
import { explainSignIn, explainUnrenewed } from '../../shared/messages/sign-in-words.ts';
import { explain } from '../../shared/messages/words.ts';
import type { Commands } from '../application.ts';
import type { Exports } from './exports.ts';
import { Refused } from './refused.ts';
import type { SignIns } from './sign-ins.ts';
import type { Surroundings } from './surroundings.ts';

type OneflexCommands = Pick<
  Commands,
  'signIn' | 'cancelSignIn' | 'pasteTokens' | 'renewOneflex' | 'verifyOneflex' | 'forgetOneflex'
>;

export function oneflexCommands(
  surroundings: Surroundings,
  signIns: SignIns,
  exports: Exports,
): OneflexCommands {
  const { use, stop, words } = surroundings;
  return {
    signIn: ({ browser, replaceAccount = false }) => signIns.signIn(browser, replaceAccount),

    async cancelSignIn() {
      await signIns.cancel();
      return null;
    },

    async pasteTokens({ accessToken, refreshToken, replaceAccount = false }) {
      const access = secretOrNone(accessToken);
      if (access === undefined) throw new JetonError('not-an-access-token');
      const tokens = await pastedTokens(access, async () => secretOrNone(refreshToken));
      try {
        return await signIns.adoptPasted(tokens, replaceAccount);
      } catch (cause) {
        if (!(cause instanceof JetonError) || cause.code !== 'oneflex-not-accepted') throw cause;
        // Of what OneFlex does not take there is nothing yet that could be renewed.
        const { messages } = words;
        return {
          kind: 'ended',
          explanation: { ...explain(cause, messages), remedy: messages.t('oneflex.paste.again') },
        };
      }
    },

    async renewOneflex() {
      const renewal = await use(async ({ engine, home }) => {
        if ((await home.oneflexStore.session()) === undefined) throw new JetonError('oneflex-not-signed-in');
        await ensureVault(home.vault);
        return engine.renewOneflex({ force: true, signal: stop.stopping });
      });
      if (stop.stopping.aborted) throw new JetonError('cancelled');
      if (renewal.kind !== 'renewed' && renewal.kind !== 'unchanged') {
        return { renewed: false, explanation: explainUnrenewed(renewal, words.messages) };
      }
      void exports.followOneflex('background');
      return { renewed: renewal.kind === 'renewed', explanation: null };
    },

    verifyOneflex: () =>
      use(async ({ engine }) => ({ account: shownName((await engine.verifyOneflex()).account.fullName) })),

    forgetOneflex: () =>
      signIns.clearing(() =>
        use(async ({ engine, home }) => {
          const forgotten = await engine.forgetOneflex();
          const removed = await Promise.all(
            (['window', 'own'] as const).map((kind) => signIns.browserOf(kind, { home }).removeProfile()),
          );
          if (removed.includes(false)) {
            throw new Refused(explainSignIn('profile-in-use', words.messages));
          }
          return { forgotten };
        }),
      ),
  };
}
