import { existsSync } from 'node:fs';
import { z } from 'zod';
import { oneflexTargets } from '../../core/export/find-target.ts';
import { targetViewOf } from '../../core/snapshot.ts';
import { profileOf } from '../../node/sso/profile-browser.ts';
import { removeWindowProfile, windowProfileOf } from '../../node/sso/window-profile.ts';
import { withEngine } from '../compose.ts';
import { requireConsent } from '../consent.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { nameCell } from '../present.ts';
import { explainSignIn } from '../../shared/messages/sign-in-words.ts';

export function run(context: Context, options: unknown): Promise<ExitCode> {
  const { output, messages } = context;
  const { t } = messages;
  const { yes } = z.object({ yes: z.boolean().default(false) }).parse(options);
  return withEngine(context, {}, async ({ engine, home }) => {
    const session = await home.oneflexStore.session();
    const name = nameCell(session?.account.fullName ?? 'OneFlex');
    const profiles = [profileOf(context.home), windowProfileOf(context.home)];
    const isThere = session !== undefined || profiles.some((profile) => existsSync(profile));
    if (isThere) {
      await requireConsent(yes, t('oneflex.forget.confirm', { name }), t('usage.yes-needed'), context);
    }
    await engine.forgetOneflex(() => output.progress(t('oneflex.forget.waiting')));
    if (!(await home.browser.removeProfile())) {
      output.error(explainSignIn('profile-in-use', messages));
      return EXIT.personNeeded;
    }
    const isWindowLeft = removeWindowProfile(context.home) === 'in-use';

    const names = await oneflexTargets(home.targetStore);
    const targets = (await home.targetStore.list()).filter(({ target }) => names.includes(target.name));
    const files = targets.map((record) => targetViewOf(record).file);
    output.result({ forgotten: isThere }, [
      isThere ? t('oneflex.forget.done', { name }) : t('oneflex.forget.none'),
      ...(isWindowLeft ? [t('oneflex.forget.window')] : []),
      ...(isThere && files.length > 0 ? [t('oneflex.forget.files', { files: files.join(', ') })] : []),
    ]);
    return EXIT.ok;
  });
}
