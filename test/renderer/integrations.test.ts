/** The first view, as a person uses it: what is seen, what is pressed, what the main process is asked for. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Reply } from '../../src/shared/ipc/bridge.ts';
import { type OpenOptions, type OpenWindow, type ServedWindow, serveWindow } from './served-window.ts';

let served: ServedWindow;
beforeAll(async () => {
  served = await serveWindow();
});
afterAll(() => served[Symbol.asyncDispose]());

const open = (options?: OpenOptions): Promise<OpenWindow> => served.open(options);
const button = ({ page }: OpenWindow, name: string) => page.getByRole('button', { name, exact: true });
const unfold = ({ page }: OpenWindow, name: string) => page.locator('.row-name', { hasText: name }).click();
const rowNames = ({ page }: OpenWindow) => page.locator('.row-title-name').allTextContents();
const expectToSee = (window: OpenWindow, text: string | RegExp) =>
  window.page.getByText(text).first().waitFor();

test('what would be renewed is said, and nothing is renewed', async () => {
  await using window = await open({ scenario: 'mixed' });
  await button(window, 'More…').click();
  await window.page.getByRole('menuitem', { name: 'What would be renewed?' }).click();
  await expectToSee(window, /would be renewed/);
  expect(await window.calls('refresh')).toEqual([{ dryRun: true }]);
});

describe('what is seen', () => {
  test('one sentence, and for each integration a word for its state', async () => {
    await using window = await open({ scenario: 'mixed' });
    const heading = window.page.getByRole('heading', { level: 1 });
    expect(await heading.textContent()).toBe(
      '4 integrations need you; OneFlex (Camille Moreau) is the first.',
    );
    const chips = await window.page.locator('.chip').allTextContents();
    expect(new Set(chips)).toEqual(
      new Set([
        'sign in',
        'reinstall',
        'incomplete',
        'retrying',
        'in doubt',
        'due',
        'renewing',
        'fresh',
        'paused',
      ]),
    );
  });

  test('how long a token lives, with the whole moment on hover', async () => {
    await using window = await open();
    const row = window.page.getByRole('listitem').filter({ hasText: 'Support desk' });
    expect(await row.locator('.life-words').textContent()).toBe('renewed 12 min ago · until 21:08');
    expect(await row.locator('time').first().getAttribute('title')).toContain('28 November 2026');
    const meter = row.getByRole('meter', { name: 'Life left' });
    expect(await meter.getAttribute('aria-valuenow')).toBe('98');
    expect(await meter.getAttribute('aria-valuetext')).toBe('98 %, until 21:08');
  });

  test.each([1200, 700, 360])('a long name can be read whole, %i px wide', async (width) => {
    await using window = await open({ width });
    const name = `Announcements of the ${'very '.repeat(20)}long ${'name'.repeat(30)}`;
    await window.fake((fake, longName) => {
      const integrations = fake.world.integrations.map((view) =>
        view.id === 'local:1' ? { ...view, name: longName } : view,
      );
      fake.change({ integrations });
    }, name);
    const words = window.page.locator('.row-title-name', { hasText: name });
    expect(await words.getAttribute('title')).toBe(name);
    const isCut = (): Promise<boolean> =>
      words.evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
    expect(await isCut()).toBe(true);
    await words.click();
    await expect.poll(isCut).toBe(false);
    // The state stands beside the name or below it, never on it.
    const row = window.page.locator('.row', { has: words });
    const isCovered = await row.evaluate((element) => {
      const text = element.ownerDocument.createRange();
      text.selectNodeContents(element.querySelector('.row-title-name') ?? element);
      const chip = element.querySelector('.chip')?.getBoundingClientRect();
      return [...text.getClientRects()].some(
        (line) =>
          chip === undefined ||
          (line.left < chip.right &&
            chip.left < line.right &&
            line.top < chip.bottom &&
            chip.top < line.bottom),
      );
    });
    expect(isCovered).toBe(false);
  });

  test('times move on by themselves', async () => {
    await using window = await open({ clock: 'by-hand' });
    await expectToSee(window, 'renewed 12 min ago');
    await window.page.clock.runFor(3 * 60_000);
    await expectToSee(window, 'renewed 15 min ago');
  });

  test('a new picture, at once', async () => {
    await using window = await open();
    await window.fake((fake) => fake.become('needs-sign-in'));
    await button(window, 'Sign in: OneFlex (Camille Moreau)').waitFor();
    await expectToSee(window, 'OneFlex (Camille Moreau) needs you.');
  });
});

describe('actions', () => {
  test('renewing asks for that one, shows that it is under way, and then what came of it', async () => {
    await using window = await open();
    await window.fake((fake) => fake.hold('refresh'));
    const renew = button(window, 'Renew: Support desk');
    // Faster than the page can show that the first one counted.
    await window.page.evaluate(`[1, 2].forEach(() =>
      document.querySelector('[aria-label="Renew: Support desk"]').click())`);
    expect(await renew.getAttribute('aria-busy')).toBe('true');
    await renew.click({ force: true });
    await window.fake((fake) => fake.release('refresh'));
    await expectToSee(window, 'renewed just now');
    expect(await window.calls('refresh')).toEqual([{ ids: ['app:12'], force: true }]);
  });

  test('a row that is renewed by itself keeps its button, and the button its focus', async () => {
    await using window = await open();
    const focus = () => window.page.evaluate<string>(NAME_OF_FOCUS);
    await button(window, 'Renew: Support desk').focus();
    await window.fake((fake) =>
      fake.change({
        integrations: fake.world.integrations.map((view) =>
          view.id === 'app:12' ? Object.assign({}, view, { state: { kind: 'renewing' } }) : view,
        ),
      }),
    );
    await expectToSee(window, 'renewing');
    expect(await focus()).toBe('Renew: Support desk');
    await window.fake((fake) => fake.become('fresh'));
    expect(await focus()).toBe('Renew: Support desk');
  });

  test('a sign-in that the tray began can be seen and cancelled here', async () => {
    await using window = await open();
    await window.fake((fake) => fake.change({ signingIn: 'window' }));
    await unfold(window, 'OneFlex');
    await expectToSee(window, /Sign in in the window that has opened/);
    await button(window, 'Cancel').click();
    expect(await window.calls('cancelSignIn')).toEqual([{}]);
    expect(await window.calls('signIn')).toEqual([]);
  });

  test('why a renewal failed stays until it is read', async () => {
    await using window = await open();
    await window.fake((fake) => fake.fail('refresh', 'slack-unreachable', { reason: 'no answer in time' }));
    await button(window, 'Renew: Support desk').click();
    const alert = window.page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('Check the network');
    await button(window, 'Dismiss').click();
    expect(await alert.count()).toBe(0);
  });

  test('a refusal within a report is a failure, too', async () => {
    await using window = await open({ scenario: 'slack-revoked' });
    await unfold(window, 'Team Lyon');
    await button(window, 'Renew now').last().click();
    await window.page.getByRole('alert').waitFor();
    expect(await window.page.getByRole('alert').textContent()).toContain(
      'Somebody revoked the token in Slack.',
    );
  });

  test('renewing everything that is due sums up', async () => {
    await using window = await open({ scenario: 'slack-revoked' });
    await button(window, 'Renew now').click();
    await expectToSee(window, '4 renewed · 1 failed');
    expect(await window.calls('refresh')).toEqual([{}]);
  });

  test('a renewal says how far it has come, and is stopped by the same button, which keeps its focus', async () => {
    await using window = await open({ scenario: 'slack-revoked' });
    const { page } = window;
    const focus = () => page.evaluate<string>(NAME_OF_FOCUS);
    await window.fake((fake) => fake.hold('refresh'));
    await button(window, 'Renew now').focus();
    await page.keyboard.press('Enter');
    await window.fake((fake) => fake.change({ renewing: { done: 37, total: 500, isStopping: false } }));
    const progress = page.getByRole('progressbar', { name: 'Renewal' });
    await expectToSee(window, 'Renewing 37 of 500');
    expect(await progress.getAttribute('aria-valuenow')).toBe('37');
    expect(await progress.getAttribute('aria-valuemax')).toBe('500');
    expect(await progress.getAttribute('aria-valuetext')).toBe('37 of 500');
    expect(await focus()).toBe('Stop');

    // That it is under way is announced, and not each step.
    await page.getByRole('status').filter({ hasText: 'The renewal is under way.' }).waitFor();
    await page.evaluate(`globalThis.announced = 0;
      for (const region of document.querySelectorAll('[role=status]'))
        new MutationObserver(() => { announced += 1; })
          .observe(region, { subtree: true, childList: true, characterData: true })`);
    await window.fake((fake) => fake.change({ renewing: { done: 38, total: 500, isStopping: false } }));
    await expectToSee(window, 'Renewing 38 of 500');
    expect(await page.evaluate('announced')).toBe(0);

    await page.keyboard.press('Enter');
    const stopping = button(window, 'Stopping…');
    await stopping.waitFor();
    expect(await stopping.getAttribute('aria-busy')).toBe('true');
    await page.keyboard.press('Enter');
    expect(await window.calls('cancelRefresh')).toEqual([{}]);
    expect(await window.calls('refresh')).toEqual([{}]);

    await window.fake((fake) => {
      fake.answer('refresh', {
        renewed: 40,
        unchanged: 0,
        failed: 1,
        waiting: 0,
        skipped: 0,
        left: 459,
        results: [],
      });
      fake.change({ renewing: null });
      fake.release('refresh');
    });
    await expectToSee(window, '40 renewed · 1 failed · 459 left as they were');
    expect(await focus()).toBe('Renew now');
    expect(await progress.count()).toBe(0);
  });

  test('a renewal that the tray began can be stopped here', async () => {
    await using window = await open({ language: 'fr' });
    await window.fake((fake) => fake.change({ renewing: { done: 3, total: 20, isStopping: false } }));
    await expectToSee(window, 'Renouvellement\u00a0: 3 sur 20');
    await button(window, 'Arrêter').click();
    await button(window, 'Arrêt en cours…').waitFor();
    expect(await window.calls('refresh')).toEqual([]);
  });

  test('a row that was left before its turn came is no trouble', async () => {
    await using window = await open();
    await window.fake((fake) => {
      const error = { code: 'cancelled', message: 'Stopped.', remedy: 'Again.' };
      const result = { id: 'app:12', name: 'Support desk', outcome: 'skipped', error, note: null } as const;
      fake.answer('refresh', {
        renewed: 0,
        unchanged: 0,
        failed: 0,
        waiting: 0,
        skipped: 0,
        left: 1,
        results: [result],
      });
    });
    await unfold(window, 'Support desk');
    await button(window, 'Renew: Support desk').click();
    await expectToSee(window, 'Stopped before its turn came: it is as it was.');
    expect(await window.page.getByRole('alert').count()).toBe(0);
  });

  test('OneFlex is renewed, verified and forgotten by calls of its own', async () => {
    await using window = await open();
    await button(window, 'Renew: OneFlex (Camille Moreau)').click();
    await unfold(window, 'OneFlex');
    await expectToSee(window, 'Renewed.');
    await button(window, 'Verify').click();
    await expectToSee(window, 'OneFlex accepts the token of Camille Moreau.');
    await button(window, 'Forget this account…').click();
    await button(window, 'Forget it').click();
    await expect.poll(() => rowNames(window)).not.toContain('OneFlex (Camille Moreau)');
    expect(await window.calls('renewOneflex')).toEqual([{}]);
    expect(await window.calls('refresh')).toEqual([]);
  });

  test('pausing one and resuming it', async () => {
    await using window = await open();
    await unfold(window, 'Support desk');
    await button(window, 'Pause').click();
    await button(window, 'Resume: Support desk').click();
    await button(window, 'Renew: Support desk').waitFor();
    expect(await window.calls('pauseIntegration')).toEqual([{ id: 'app:12' }]);
    expect(await window.calls('resumeIntegration')).toEqual([{ id: 'app:12' }]);
  });

  test('removing asks first; Escape leaves everything as it is', async () => {
    await using window = await open();
    await unfold(window, 'Team Lyon');
    await button(window, 'Remove…').click();
    await window.page.keyboard.press('Escape');
    expect(await window.page.evaluate('document.activeElement.textContent')).toBe('Remove…');
    await button(window, 'Remove…').click();
    await button(window, 'Remove it').click();
    await expect.poll(() => rowNames(window)).not.toContain('Team Lyon standup');
    expect(await window.calls('removeIntegration')).toEqual([{ id: 'local:1' }]);
  });

  test('pausing everything for a while, and resuming', async () => {
    await using window = await open();
    await button(window, 'Pause…').click();
    await window.page.keyboard.press('ArrowDown');
    await window.page.keyboard.press('Enter');
    await expectToSee(window, /Everything is paused until/);
    expect(await window.calls('pauseAll')).toEqual([{ until: 'tomorrow' }]);
    await button(window, 'Resume').click();
    await expectToSee(window, 'Everything is fresh: 4 integrations.');
  });

  test('new tokens are checked before they are sent, and gone from the page after', async () => {
    await using window = await open({ scenario: 'slack-revoked' });
    await button(window, 'New tokens: Team Lyon standup').click();
    await button(window, 'Check and save').click();
    await expectToSee(window, 'Give at least one of them.');
    const token = window.page.getByLabel('Refresh token');
    await token.fill('xoxb-1');
    await expectToSee(window, 'A refresh token begins with xoxe-.');
    await token.fill('xoxe-1-test-refresh-7');
    await button(window, 'Check and save').click();
    await expectToSee(window, 'The new tokens work, and are saved.');
    expect(await window.calls('updateSlack')).toEqual([
      { id: 'local:1', refreshToken: 'xoxe-1-test-refresh-7' },
    ]);
    expect(await token.inputValue()).toBe('');
    expect(await window.page.content()).not.toContain('xoxe-1-test-refresh-7');
  });

  test('a row that fails does not shut the form that is open in another, and unfolds where none is', async () => {
    await using window = await open({ scenario: 'slack-revoked' });
    await button(window, 'New tokens: Team Lyon standup').click();
    const id = window.page.getByLabel('Client id');
    await id.fill('1.2');
    const failRenewal = async (): Promise<void> => {
      await window.fake((fake) => fake.fail('refresh', 'slack-unreachable', { reason: 'no answer in time' }));
      const before = (await window.calls('refresh')).length;
      await button(window, 'Renew: Support desk').click();
      await expect.poll(() => window.calls('refresh')).toHaveLength(before + 1);
      // Its answer was taken note of.
      await window.page
        .locator('.row', { hasText: 'Support desk' })
        .locator('[aria-busy]')
        .waitFor({ state: 'detached' });
    };
    await failRenewal();
    expect(await id.inputValue()).toBe('1.2');
    expect(await window.page.getByText('Check the network').count()).toBe(0);
    // The form is left: now the failure may take its place.
    await button(window, 'Close').click();
    await failRenewal();
    await expectToSee(window, /Check the network/);
  });

  test('new tokens that Slack refused are there for another try, and one box says why', async () => {
    await using window = await open({ scenario: 'slack-revoked' });
    await button(window, 'New tokens: Team Lyon standup').click();
    await expectToSee(window, 'Somebody revoked the token in Slack.');
    const id = window.page.getByLabel('Client id');
    const secret = window.page.getByLabel('Client secret');
    await id.fill('1.2');
    await secret.fill('test-secret');
    await window.fake((fake) => {
      fake.hold('updateSlack');
      fake.fail('updateSlack', 'slack-unreachable', { reason: 'no answer in time' });
    });
    await button(window, 'Check and save').click();
    await window.page.getByRole('button', { name: 'Check and save', disabled: true }).waitFor();
    expect(await id.inputValue()).toBe('1.2');
    await window.fake((fake) => fake.release('updateSlack'));
    await expectToSee(window, /Check the network/);
    await expect.poll(() => window.page.locator('.details .notice').count()).toBe(1);
    expect([await id.inputValue(), await secret.inputValue()]).toEqual(['1.2', 'test-secret']);
    await button(window, 'Check and save').click();
    await expectToSee(window, 'The new tokens work, and are saved.');
    expect([await id.inputValue(), await secret.inputValue()]).toEqual(['', '']);
    const given = { id: 'local:1', clientId: '1.2', clientSecret: 'test-secret' };
    expect(await window.calls('updateSlack')).toEqual([given, given]);
  });

  test('completing rows shows first what that would be', async () => {
    await using window = await open({ scenario: 'mixed' });
    await button(window, 'Complete: Old importer').click();
    await window.page.getByLabel('Client id').fill('1.2');
    await window.page.getByLabel('Client secret').fill('test-secret');
    await button(window, 'See what would be filled in').click();
    await expectToSee(window, 'would be filled in · client id, client secret');
    await button(window, 'Fill it in').click();
    await expectToSee(window, /^filled in/);
    const given = { clientId: '1.2', clientSecret: 'test-secret' };
    expect(await window.calls('backfill')).toEqual([
      { ...given, dryRun: true },
      { ...given, dryRun: false },
    ]);
    expect(await window.page.getByLabel('Client secret').inputValue()).toBe('');
  });

  test('exchanging a long-lived token asks first, for it cannot be undone', async () => {
    await using window = await open({ scenario: 'mixed' });
    await button(window, 'Exchange: Legacy notifier').click();
    await expectToSee(window, /Slack does this once/);
    expect(await window.calls('exchange')).toEqual([]);
    await button(window, 'Exchange it').click();
    await expect.poll(() => window.calls('exchange')).toEqual([{ id: 'app:22' }]);
  });
});

test('why an exchange was refused is said once', async () => {
  await using window = await open({ scenario: 'mixed' });
  await button(window, 'Exchange: Legacy notifier').click();
  await window.fake((fake) => fake.fail('exchange', 'slack-rejected', { error: 'token_revoked' }));
  const details = window.page.locator('.details');
  await button(window, 'Exchange it').click();
  await window.page.getByRole('alert').waitFor();
  expect(await details.locator('.tone-problem').count()).toBe(1);
  await button(window, 'Dismiss').click();
  await expect.poll(() => window.page.getByRole('alert').count()).toBe(0);
  // What stands in the row's way is still said, with the way out.
  expect(await details.locator('.tone-problem').count()).toBe(1);
  await details.getByRole('button', { name: 'Exchange' }).first().click();
  await expectToSee(window, /Slack does this once/);
});

test('all are renewed, the fresh ones too, once somebody has read what that means', async () => {
  await using window = await open();
  const menu = async (): Promise<void> => {
    await button(window, 'More…').click();
    await window.page.getByRole('menuitem', { name: 'Renew all, fresh ones too' }).click();
  };
  await menu();
  await expectToSee(window, /Each token is replaced, those in use too\./);
  await button(window, 'Change nothing').click();
  expect(await window.calls('refresh')).toEqual([]);
  await menu();
  await button(window, 'Renew all').click();
  await expectToSee(window, /renewed/);
  expect(await window.calls('refresh')).toEqual([{ force: true }]);
  expect(await button(window, 'Renew all').count()).toBe(0);
});

describe('what was not tried', () => {
  const none = { renewed: 0, unchanged: 0, failed: 0, waiting: 0, skipped: 0, left: 0 };
  const row = { id: 'app:12', name: 'Support desk' } as const;
  const error = { code: 'ratelimited', message: 'Slack asks for a pause.', remedy: 'Jeton tries again.' };

  test('is counted apart from what failed, and not told in green', async () => {
    await using window = await open();
    const note = 'The next try is at 10:00.';
    await window.fake((fake, report) => fake.answer('refresh', report), {
      ...none,
      waiting: 1,
      skipped: 2,
      results: [
        { ...row, outcome: 'waiting', error, note },
        { id: 'local:1', name: 'Ops', outcome: 'skipped', error: null, note: 'It is paused.' },
        { id: 'local:2', name: 'Desk', outcome: 'skipped', error: null, note: 'It is paused.' },
      ],
    } satisfies Reply<'refresh'>);
    await button(window, 'Renew now').click();
    const notice = window.page.locator('.view-inner > .notice');
    await expectToSee(window, '1 waits for its next try · 2 left alone');
    expect(await notice.getAttribute('class')).toContain('tone-warning');
    expect(await notice.getByRole('listitem').allTextContents()).toEqual([
      'Support desk: Slack asks for a pause. The next try is at 10:00. Jeton tries again.',
    ]);
    expect(await notice.textContent()).toContain('Ops, Desk: It is paused.');
  });

  test('because it is paused is no trouble, and no success', async () => {
    await using window = await open();
    await window.fake((fake, report) => fake.answer('refresh', report), {
      ...none,
      skipped: 1,
      results: [{ ...row, outcome: 'skipped', error: null, note: 'It is paused.' }],
    } satisfies Reply<'refresh'>);
    await button(window, 'Renew now').click();
    await expectToSee(window, '1 left alone');
    expect(await window.page.locator('.view-inner > .notice').getAttribute('class')).toContain('tone-plain');
  });

  test('in its row is told with the reason', async () => {
    await using window = await open();
    await window.fake((fake, report) => fake.answer('refresh', report), {
      ...none,
      skipped: 1,
      results: [{ ...row, outcome: 'skipped', error: null, note: 'Another Jeton is at it.' }],
    } satisfies Reply<'refresh'>);
    await button(window, 'Renew: Support desk').click();
    await expectToSee(window, 'It was not renewed. Another Jeton is at it.');
    expect(await window.page.locator('.details > .notice').getAttribute('class')).toContain('tone-warning');
  });

  test('is not offered where it is paused', async () => {
    await using window = await open({ scenario: 'mixed' });
    await unfold(window, 'Sandbox workspace');
    const details = window.page.locator('.details');
    await details.getByRole('button', { name: 'Resume' }).waitFor();
    expect(await details.getByRole('button', { name: 'Renew now' }).count()).toBe(0);
  });
});

test('of all that failed each is told with what to do about it', async () => {
  await using window = await open({ language: 'fr' });
  await window.fake((fake) =>
    fake.answer('refresh', {
      renewed: 0,
      unchanged: 0,
      failed: 5,
      waiting: 0,
      skipped: 0,
      left: 0,
      results: [1, 2, 3, 4, 5].map((number) => ({
        id: `app:${number}`,
        name: `Espace ${number}`,
        outcome: 'failed',
        error: { code: 'slack-unreachable', message: 'Slack se tait.', remedy: `Essayez le ${number}.` },
        note: null,
      })),
    }),
  );
  await button(window, 'Renouveler').click();
  const failures = window.page.getByRole('alert').or(window.page.getByRole('status')).getByRole('listitem');
  const told = (number: number): string => `Espace ${number}\u00a0: Slack se tait. Essayez le ${number}.`;
  await expect.poll(() => failures.allTextContents()).toEqual([1, 2, 3].map(told));
  await button(window, 'Afficher les 5 échecs').click();
  await expect.poll(() => failures.allTextContents()).toEqual([1, 2, 3, 4, 5].map(told));
  await button(window, 'En afficher moins').click();
  await expect.poll(() => failures.count()).toBe(3);
});

describe('signing in to OneFlex', () => {
  const signIn = 'Sign in: OneFlex (Camille Moreau)';

  test('begins at once, and can be cancelled', async () => {
    await using window = await open({ scenario: 'needs-sign-in' });
    await button(window, signIn).click();
    await expectToSee(window, /Sign in in the window that has opened/);
    expect(await window.calls('signIn')).toEqual([{ browser: 'preferred' }]);
    await button(window, 'Cancel').click();
    await expectToSee(window, 'Stopped at your request.');
    await button(window, 'Use my own browser').click();
    await expect.poll(() => window.calls('signIn')).toHaveLength(2);
    expect((await window.calls('signIn')).at(-1)).toEqual({ browser: 'own' });
  });

  test.each([
    { began: 'here', scenario: 'needs-sign-in' },
    { began: 'by the tray', scenario: 'fresh' },
  ] as const)('that was begun $began can be left for the other ways, which go on', async ({ scenario }) => {
    await using window = await open({ scenario });
    if (scenario === 'fresh') {
      await window.fake((fake) => fake.change({ signingIn: 'window' }));
      await unfold(window, 'OneFlex');
    } else {
      await button(window, signIn).click();
    }
    await expectToSee(window, /Sign in in the window that has opened/);
    await button(window, 'Use my own browser').click();
    await expect.poll(() => window.calls('signIn')).toContainEqual({ browser: 'own' });
    expect(await window.calls('cancelSignIn')).toHaveLength(1);
    expect(await window.page.getByRole('alert').count()).toBe(0);
    await button(window, 'Cancel').waitFor();
    expect(await button(window, 'Use my own browser').count()).toBe(0);

    await button(window, 'Paste tokens').click();
    await window.page.getByLabel('Value of the cookie access_token').fill('eyJ.test.token');
    expect(await window.calls('cancelSignIn')).toHaveLength(2);
    expect(await window.page.getByText('Stopped at your request.').count()).toBe(0);
    await button(window, 'Check and save').click();
    await expect.poll(() => window.calls('pasteTokens')).toEqual([{ accessToken: 'eyJ.test.token' }]);
  });

  test('begins by a press, and not when its row comes back into the list', async () => {
    await using window = await open({ scenario: 'mixed' });
    await button(window, signIn).click();
    await expectToSee(window, /Sign in in the window that has opened/);
    await button(window, 'Cancel').click();
    await expectToSee(window, 'Stopped at your request.');
    const filter = window.page.getByRole('searchbox');
    await filter.fill('Team Lyon');
    await expect.poll(() => window.page.getByText('Stopped at your request.').count()).toBe(0);
    await filter.fill('');
    await button(window, signIn).waitFor();
    expect(await window.calls('signIn')).toHaveLength(1);
  });

  test.each(['Cancel', 'Use my own browser', 'Paste tokens'])(
    'that cannot be ended by “%s” says why, and goes on',
    async (press) => {
      await using window = await open({ scenario: 'needs-sign-in' });
      await button(window, signIn).click();
      await expectToSee(window, /Sign in in the window that has opened/);
      await window.fake((fake) => fake.fail('cancelSignIn', 'store-busy', { file: 'jeton.db' }));
      await button(window, press).click();
      const alert = window.page.getByRole('alert').filter({ hasText: 'Try again in a moment.' });
      await alert.waitFor();
      expect(await window.calls('signIn')).toHaveLength(1);
      await button(window, 'Cancel').click();
      await expectToSee(window, 'Stopped at your request.');
      expect(await alert.count()).toBe(0);
    },
  );

  test('lets somebody know that another account could not be let go of', async () => {
    await using window = await open({ scenario: 'needs-sign-in' });
    const other = { kind: 'other-account', account: 'Sam Petit', kept: 'Camille Moreau' } as const;
    await window.fake((fake, reply) => fake.answer('signIn', reply), other);
    await button(window, signIn).click();
    await window.fake((fake) => fake.fail('cancelSignIn', 'store-busy', { file: 'jeton.db' }));
    await button(window, 'Stay with Camille Moreau').click();
    await expect.poll(() => window.page.getByRole('alert').textContent()).toContain('Try again in a moment.');
  });

  test('asks whether another account is meant', async () => {
    await using window = await open({ scenario: 'needs-sign-in' });
    const other = { kind: 'other-account', account: 'Sam Petit', kept: 'Camille Moreau' } as const;
    await window.fake((fake, reply) => fake.answer('signIn', reply), other);
    await button(window, signIn).click();
    await window.fake((fake) =>
      fake.answer('signIn', { kind: 'signed-in', account: 'Sam Petit', note: null }),
    );
    await button(window, 'Keep Sam Petit from now on').click();
    await expectToSee(window, 'Signed in as Sam Petit.');
    expect((await window.calls('signIn')).at(-1)).toEqual({ browser: 'preferred', replaceAccount: true });
  });

  test('lets go of another account that is not meant', async () => {
    await using window = await open({ scenario: 'needs-sign-in' });
    const other = { kind: 'other-account', account: 'Sam Petit', kept: 'Camille Moreau' } as const;
    await window.fake((fake, reply) => fake.answer('signIn', reply), other);
    await button(window, signIn).click();
    await button(window, 'Stay with Camille Moreau').click();
    await expect.poll(() => window.calls('cancelSignIn')).toEqual([{}]);
    expect(await window.calls('signIn')).toHaveLength(1);
  });

  test('shows the other ways while the first is under way, begun from the tray', async () => {
    await using window = await open({ scenario: 'empty' });
    await button(window, 'Paste tokens').waitFor({ state: 'detached' });
    await window.fake((fake) => fake.change({ signingIn: 'window' }));
    await button(window, 'Use my own browser').waitFor();
    await button(window, 'Paste tokens').click();
    // The form outlives the sign-in that it ended.
    await window.page.getByLabel('Value of the cookie access_token').waitFor();
    expect(await window.calls('cancelSignIn')).toEqual([{}]);
  });

  test('takes tokens that are pasted, once they look like some', async () => {
    await using window = await open({ scenario: 'empty' });
    await button(window, 'Sign in to OneFlex')
      .or(window.page.getByRole('button', { name: /^Sign in to OneFlex/ }))
      .first()
      .click();
    await button(window, 'Paste tokens').click();
    const access = window.page.getByLabel('Value of the cookie access_token');
    await access.fill('abc');
    await button(window, 'Check and save').click();
    await expectToSee(window, 'An access token begins with eyJ.');
    expect(await access.getAttribute('type')).toBe('password');
    await access.fill('eyJ.test.token');
    await window.page.getByLabel('Value of the cookie refresh_token').fill('test-refresh');
    await button(window, 'Check and save').click();
    await button(window, 'Renew: OneFlex (Camille Moreau)').waitFor();
    expect(await window.calls('pasteTokens')).toEqual([
      { accessToken: 'eyJ.test.token', refreshToken: 'test-refresh' },
    ]);
  });
});

describe('where nothing is yet', () => {
  const choose = ({ page }: OpenWindow, name: RegExp) => page.getByRole('button', { name }).click();

  test('the database is tried before it is connected', async () => {
    await using window = await open({ scenario: 'empty' });
    await choose(window, /^Connect the application’s database/);
    const url = window.page.getByLabel('URL of the database');
    await url.fill('mysql://x');
    await button(window, 'Try it').click();
    await expectToSee(window, 'It begins with postgresql:// and names a host.');
    await url.fill('postgresql://jeton@db/empty');
    await button(window, 'Try it').click();
    await expectToSee(window, 'there are none');
    expect(await button(window, 'Connect').count()).toBe(0);
    await window.fake((fake) => fake.hold('tryDatabase'));
    await url.fill('postgresql://jeton@db/app');
    await button(window, 'Try it').click();
    await expect.poll(() => url.isEditable()).toBe(false);
    await window.fake((fake) => fake.release('tryDatabase'));
    await button(window, 'Connect').click();
    await expect.poll(() => rowNames(window)).toEqual(['Helpdesk']);
    expect(await window.calls('connectDatabase')).toEqual([{ url: 'postgresql://jeton@db/app' }]);
  });

  test('an app that is a row while it is tried, and no more once it is refused, leaves the form as it is', async () => {
    await using window = await open({ scenario: 'empty' });
    await choose(window, /^Add a Slack app/);
    await window.page.getByLabel('Name').fill('Ops');
    await window.page.getByLabel('Client id').fill('1.2');
    await window.page.getByLabel('Client secret').fill('test-secret');
    await window.page.getByLabel('Refresh token').fill('xoxe-1-test-refresh-1');
    await window.fake((fake) => fake.hold('addSlack'));
    await window.fake((fake) => fake.fail('addSlack', 'slack-rejected', { reason: 'No.' }));
    await window.page.keyboard.press('Enter');
    await window.fake((fake) => fake.become('fresh'));
    await window.page
      .getByRole('button', { name: /^Renew: / })
      .first()
      .waitFor();
    await window.fake((fake) => fake.become('empty'));
    await expectToSee(window, 'Nothing to keep fresh yet.');
    await window.fake((fake) => fake.release('addSlack'));
    await window.page.getByRole('alert').waitFor();
    expect(await window.page.getByLabel('Name').inputValue()).toBe('Ops');
  });

  test('a Slack app is added, or refused in words with the form still there', async () => {
    await using window = await open({ scenario: 'empty' });
    await choose(window, /^Add a Slack app/);
    await button(window, 'Try it and add').click();
    expect(await window.page.getByText('This is needed.').count()).toBe(4);
    const fill = async (): Promise<void> => {
      await window.page.getByLabel('Name').fill('Ops');
      await window.page.getByLabel('Client id').fill('1.2');
      await window.page.getByLabel('Client secret').fill('test-secret');
      await window.page.getByLabel('Refresh token').fill('xoxe-1-test-refresh-1');
      await window.page.keyboard.press('Enter');
    };
    await window.fake((fake) => fake.fail('addSlack', 'slack-rejected', { reason: 'No.' }));
    await fill();
    await window.page.getByRole('alert').waitFor();
    expect(await window.page.getByLabel('Name').inputValue()).toBe('Ops');
    expect(await window.page.getByLabel('Client secret').inputValue()).toBe('');
    await fill();
    await expectToSee(window, 'Ops is added, and fresh.');
    expect((await window.calls('addSlack')).at(-1)).toEqual({
      name: 'Ops',
      clientId: '1.2',
      clientSecret: 'test-secret',
      refreshToken: 'xoxe-1-test-refresh-1',
    });
  });
});

describe('states with a way out', () => {
  test('what cannot be opened fills the page, and can be tried again', async () => {
    await using window = await open({ scenario: 'trouble' });
    await expectToSee(window, 'jeton.db is damaged. Nothing was changed.');
    await button(window, 'See the log').click();
    await window.page.getByRole('log').waitFor();
    await window.page.getByRole('link', { name: 'Integrations' }).click();
    await button(window, 'Try again').click();
    await expectToSee(window, 'Nothing to keep fresh yet.');
    expect(await window.calls('retry')).toEqual([{}]);
  });

  test('a damaged jeton.db is replaced by its backup, or by an empty one, once that is agreed to', async () => {
    await using window = await open({ scenario: 'trouble' });
    await button(window, 'Put the backup in its place…').click();
    await expectToSee(window, 'What was given since is lost.');
    await window.page.keyboard.press('Escape');
    await button(window, 'Begin anew…').click();
    expect(await window.calls('setStoreAside')).toEqual([]);
    await button(window, 'Begin anew').click();
    await expectToSee(window, 'Nothing to keep fresh yet.');
    expect(await window.calls('setStoreAside')).toEqual([{}]);
    expect(await window.calls('restoreStore')).toEqual([]);
  });

  test('settings that cannot be read any more', async () => {
    await using window = await open({ scenario: 'settings-broken' });
    const region = window.page.getByRole('region', { name: 'The settings cannot be read' });
    await region.getByRole('button', { name: 'Open home folder' }).click();
    expect(await window.calls('openFolder')).toEqual([{ folder: 'home' }]);
    await region.getByRole('button', { name: 'Try again' }).click();
    await region.waitFor({ state: 'detached' });
  });

  test('not even a picture: that, too, is said with a way out', async () => {
    await using window = await open({ fail: 'getState' });
    await button(window, 'Try again').click();
    await expectToSee(window, 'Everything is fresh: 4 integrations.');
  });

  test('a locked vault opens with the recovery key, which does not stay in the page', async () => {
    await using window = await open({ scenario: 'vault-locked' });
    await button(window, 'Use the recovery key').click();
    await window.page.getByRole('textbox', { name: 'Recovery key' }).fill('test-recovery-key');
    await window.fake((fake) => fake.fail('unlockVault', 'vault-wrong-key', { source: 'you' }));
    await button(window, 'Unlock').click();
    await window.page.getByRole('alert').waitFor();
    expect(await window.page.getByRole('textbox', { name: 'Recovery key' }).inputValue()).toBe('');
    await window.page.getByRole('textbox', { name: 'Recovery key' }).fill('test-recovery-key');
    await button(window, 'Unlock').click();
    await expectToSee(window, /One integration is being renewed/);
    expect((await window.calls('unlockVault')).at(-1)).toEqual({ recoveryKey: 'test-recovery-key' });
  });

  test('a database that is down says why, and leads to its settings', async () => {
    await using window = await open({ scenario: 'database-down' });
    const region = window.page.getByRole('region', { name: 'The application’s database cannot be read' });
    await region.getByRole('button', { name: 'Database settings' }).click();
    await window.page.getByRole('region', { name: 'Application’s database', exact: true }).waitFor();
    await window.page.getByRole('link', { name: 'Integrations' }).click();
    await region.getByRole('button', { name: 'Try again' }).click();
    await region.waitFor({ state: 'detached' });
    expect(await window.calls('retry')).toEqual([{}]);
  });
});

describe('finding one of many', () => {
  test('only what is in sight is in the page', async () => {
    await using window = await open({ scenario: 'many' });
    expect(await window.page.locator('.list-item').count()).toBeLessThan(60);
    expect(await window.page.locator('.list-item').first().getAttribute('aria-setsize')).toBe('500');
    await window.page
      .locator('.view')
      .first()
      .evaluate((view) => view.scrollTo(0, view.scrollHeight));
    await expectToSee(window, 'Workspace 500');
    expect(await window.page.locator('.list-item').count()).toBeLessThan(60);
  });

  test('filter, group and sort', async () => {
    await using window = await open({ scenario: 'many' });
    expect((await rowNames(window))[0]).toBe('Workspace 008');
    await window.page.keyboard.press('/');
    await window.page.keyboard.type('workspace 500');
    await expectToSee(window, '1 of 500');
    await window.page.keyboard.press('Escape');
    await window.page.getByLabel('Show').selectOption('Needs you');
    await expectToSee(window, '10 of 500');
    await window.page.getByLabel('Show').selectOption('All');
    await window.page.getByLabel('Sort by').selectOption('Name');
    await expect.poll(async () => (await rowNames(window))[0]).toBe('Workspace 001');
    await window.page.getByLabel('Sort by').selectOption('Expiry');
    await expect.poll(async () => (await rowNames(window))[0]).toBe('Workspace 008');
    await window.page.getByRole('searchbox').fill('nothing like it');
    await expectToSee(window, 'No integration fits this filter.');
    await button(window, 'Show all').click();
    await expectToSee(window, '500 integrations');
  });

  test('arrow keys go through all of them, and Enter unfolds', async () => {
    await using window = await open({ scenario: 'many' });
    await window.page.locator('.row-name').first().focus();
    await window.page.keyboard.press('End');
    await expect
      .poll(() => window.page.evaluate('document.activeElement.textContent'))
      .toContain('Workspace 500');
    await window.page.keyboard.press('ArrowUp');
    await expect
      .poll(() => window.page.evaluate('document.activeElement.textContent'))
      .toContain('Workspace 499');
    await window.page.keyboard.press('Enter');
    await expectToSee(window, 'app:1498');
  });

  test('a notification leads to its row, whatever is filtered', async () => {
    await using window = await open({ scenario: 'many' });
    await window.page.getByRole('searchbox').fill('workspace 04');
    await window.page.getByRole('link', { name: 'About' }).click();
    await window.fake((fake) => fake.emit('viewRequested', { view: 'integrations', id: 'app:1321' }));
    const details = window.page.getByText('app:1321', { exact: true });
    await details.waitFor();
    await expect
      .poll(async () => (await window.page.locator('[aria-expanded="true"].row-name').boundingBox())?.y ?? -1)
      .toBeGreaterThan(0);
    await expect.poll(async () => (await details.boundingBox())?.y ?? 9_999).toBeLessThan(800);
  });

  test('an unfolded row stays as it is when a new picture comes', async () => {
    await using window = await open({ scenario: 'many' });
    await unfold(window, 'Workspace 008');
    await button(window, 'New tokens').or(button(window, 'Reinstall')).first().waitFor();
    const before = await window.page.locator('.list-item').nth(1).boundingBox();
    await window.fake((fake) => fake.change({}));
    expect(await window.page.locator('.list-item').nth(1).boundingBox()).toEqual(before);
  });
});

test('the last seven days are seen as they were', async () => {
  await using window = await open({ scenario: 'slack-revoked' });
  await unfold(window, 'Team Lyon');
  const days = window.page.getByRole('list', { name: 'Renewals of the last 7 days' }).getByRole('listitem');
  await expect
    .poll(() => days.allTextContents())
    .toContainEqual(expect.stringContaining('Friday 27 November: 2 renewals, 2 failures'));
  expect(await days.count()).toBe(7);
  expect(await window.calls('listActivity')).toEqual([{ id: 'local:1', limit: 1000 }]);
});

test('of seven days that are not read yet, or cannot be, nothing is claimed', async () => {
  await using window = await open({ scenario: 'slack-revoked' });
  const week = window.page.getByRole('list', { name: 'Renewals of the last 7 days' });
  await window.fake((fake) => {
    fake.hold('listActivity');
    fake.fail('listActivity', 'store-busy', { file: 'jeton.db' });
  });
  await unfold(window, 'Team Lyon');
  await expectToSee(window, 'Reading what happened…');
  expect(await week.count()).toBe(0);
  await window.fake((fake) => fake.release('listActivity'));
  await expectToSee(window, 'Try again in a moment.');
  expect(await week.count()).toBe(0);
  await button(window, 'Try again').click();
  await expect.poll(() => week.getByRole('listitem').count()).toBe(7);
  expect(await window.page.getByText('Try again in a moment.').count()).toBe(0);
});

test('the whole first view can be walked by keyboard alone', async () => {
  await using window = await open({ scenario: 'needs-sign-in' });
  const names: string[] = [];
  for (let step = 0; step < 40; step += 1) {
    await window.page.keyboard.press('Tab');
    names.push(await window.page.evaluate<string>(NAME_OF_FOCUS));
  }
  const expected = ['Integrations', 'Activity', 'Bot', 'Settings', 'About', 'Renew now', 'Pause…', 'Add…'];
  for (const name of expected) expect(names).toContainEqual(expect.stringContaining(name));
  expect(names).toContain('Filter integrations');
  expect(names).toContain('Sign in: OneFlex (Camille Moreau)');
  expect(names).toContain('Renew: Support desk');
});

test('whom the sentence names stands first, and each line of life says what its chip says', async () => {
  await using window = await open({ scenario: 'mixed' });
  const names = await window.page.locator('.row-title-name').allTextContents();
  expect(names[0]).toBe('OneFlex (Camille Moreau)');
  for (const row of await window.page.locator('.row').all()) {
    const [chip, line] = await Promise.all(
      ['.chip', '.life-bar'].map((part) => row.locator(part).getAttribute('class')),
    );
    const tone = /tone-(problem|warning)/.exec(chip ?? '')?.[0];
    if (tone !== undefined) expect(line).toContain(tone);
    else expect(line).not.toContain('tone-problem');
  }
});

test('Escape closes what opened, and the focus is back where it was', async () => {
  await using window = await open({ scenario: 'mixed' });
  const { keyboard } = window.page;
  const focused = (): Promise<string> => window.page.evaluate<string>(NAME_OF_FOCUS);
  await window.page.getByRole('button', { name: 'Pause…' }).focus();
  await keyboard.press('Enter');
  await expect.poll(focused).toBe('For an hour');
  await keyboard.press('End');
  expect(await focused()).toBe('Until I resume');
  await keyboard.press('Escape');
  expect(await focused()).toBe('Pause…');

  await window.page.getByRole('button', { name: 'Add…' }).focus();
  await keyboard.press('Enter');
  await window.page.locator('.choice').last().focus();
  await keyboard.press('Escape');
  await expect.poll(focused).toBe('Add…');

  await window.page.getByRole('button', { name: 'New tokens: Team Lyon standup' }).focus();
  await keyboard.press('Enter');
  await expect.poll(() => window.page.evaluate('document.activeElement.tagName')).toBe('INPUT');
  await keyboard.press('Escape');
  await expect.poll(focused).toBe('New tokens: Team Lyon standup');
});

test('what is typed for a first app stays while its row comes, and goes again as Slack refuses it', async () => {
  await using window = await open({ scenario: 'empty' });
  await window.page.getByRole('button', { name: /Add a Slack app/ }).click();
  const name = window.page.getByRole('form').getByLabel('Name');
  await name.fill('Team Lyon');
  await window.fake((fake) => fake.become('fresh'));
  await window.page.locator('.row').first().waitFor();
  expect(await name.inputValue()).toBe('Team Lyon');
  await window.fake((fake) => fake.become('empty'));
  await expect.poll(() => window.page.locator('.row').count()).toBe(0);
  expect(await name.inputValue()).toBe('Team Lyon');
});

test('no timer runs while nobody can see the window', async () => {
  await using window = await open();
  const timers = await window.page.evaluate(TIMERS_BY_VISIBILITY);
  expect(timers).toEqual([0, 1, 0]);
});

const NAME_OF_FOCUS = `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`;

/** How many timers run while the page is hidden, seen, and hidden again. */
const TIMERS_BY_VISIBILITY = `{
  const running = new Set();
  const { setInterval, clearInterval } = window;
  window.setInterval = (...args) => {
    const id = setInterval(...args);
    running.add(id);
    return id;
  };
  window.clearInterval = (id) => {
    running.delete(id);
    clearInterval(id);
  };
  const turn = (value) => {
    Object.defineProperty(document, 'visibilityState', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
    return running.size;
  };
  [turn('hidden'), turn('visible'), turn('hidden')];
}`;

describe('a picture that crosses change by change', () => {
  test('is asked for anew where a change was missed, and goes on from there', async () => {
    await using window = await open({ scenario: 'fresh' });
    const asked = (await window.calls('getState')).length;
    await window.fake((fake) => fake.miss({ paused: { until: null } }));
    await window.fake((fake) => fake.change({ language: 'fr' }));
    await window.page.getByRole('button', { name: 'Reprendre', exact: true }).waitFor();
    expect(await window.calls('getState')).toHaveLength(asked + 1);
  });
});
