/** What the window shows only after a press: each looked at as the views are. One page is walked through many of them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Payload, Reply } from '../../src/shared/ipc/bridge.ts';
import { explainFailure, explainSituation } from '../../src/shared/messages/words.ts';
import { look } from './look.ts';
import { mainMessages } from './page/scenarios.ts';
import { type OpenOptions, type ServedWindow, serveWindow } from './served-window.ts';
import { visit, type Visitor } from './visitor.ts';

/** So high that what opened is in sight with what opened it. */
const HEIGHT = 1100;

interface Step {
  readonly name: string;
  readonly go: (visitor: Visitor) => Promise<unknown>;
}

interface Walk {
  readonly scenario: NonNullable<OpenOptions['scenario']>;
  readonly view: Payload<'viewRequested'>['view'];
  readonly prepare?: (visitor: Visitor) => Promise<unknown>;
  readonly steps: readonly Step[];
}

/** One of each kind that needs somebody; more of them show nothing more. */
const FEW = 4;
const fewer = ({ fake }: Visitor): Promise<void> =>
  fake((fake, most) => fake.change({ integrations: fake.world.integrations.slice(0, most) }), FEW);

const ABOVE_THE_LIST: Walk = {
  scenario: 'mixed',
  view: 'integrations',
  prepare: fewer,
  steps: [
    {
      name: 'menu-pause',
      async go({ press, seeOne }) {
        await press('list.pause');
        await seeOne('[role=menu]');
      },
    },
    {
      name: 'menu-more',
      async go({ escape, press, seeOne }) {
        await escape();
        await press('list.more');
        await seeOne('[role=menu]');
      },
    },
    {
      name: 'add-beside-rows',
      async go({ escape, press, seeOne }) {
        await escape();
        await press('list.add');
        await seeOne('.add');
      },
    },
    {
      name: 'filter-none',
      async go({ press, page, seeOne }) {
        await press('action.close');
        await page.getByRole('searchbox').fill('nobody');
        await seeOne('.nothing');
      },
    },
    {
      name: 'refresh-foreseen',
      async go({ press, page, word, seeOne }) {
        await press('list.clear');
        await press('list.more');
        await page.getByRole('menuitem', { name: word('list.would-renew') }).click();
        await seeOne('.view-inner > .notice');
      },
    },
    {
      name: 'renew-all-question',
      async go({ press, page, word, seeOne }) {
        await press('list.more');
        await page.getByRole('menuitem', { name: word('list.renew-all') }).click();
        await seeOne('.confirm');
      },
    },
    {
      name: 'refresh-not-tried',
      async go({ fake, press, page, language }) {
        const failure = { code: 'ratelimited', class: 'transient', at: 0 } as const;
        const error = explainFailure(failure, 'local:1', mainMessages(language));
        const reply: Reply<'refresh'> = {
          renewed: 0,
          unchanged: 1,
          failed: 0,
          waiting: 1,
          skipped: 2,
          left: 0,
          results: [
            { id: 'app:1', name: 'Support desk', outcome: 'waiting', error, note: 'Not before 10:00.' },
            ...['Team Lyon', 'Old importer'].map((name, index) => ({
              id: `local:${index}` as const,
              name,
              outcome: 'skipped' as const,
              error: null,
              note: mainMessages(language).t('not-tried.paused'),
            })),
          ],
        };
        await press('action.keep');
        await fake((fake, report) => fake.answer('refresh', report), reply);
        await press('list.renew-now');
        await page.locator('.view-inner > .notice.tone-warning').waitFor();
      },
    },
    {
      name: 'refresh-report',
      async go({ fake, press, page, language }) {
        const names = [
          'Team Lyon standup',
          'Support desk',
          'Incident bridge',
          'Legacy notifier',
          'Old importer',
        ];
        const failure = { code: 'token_revoked', class: 'chain-dead', at: 0 } as const;
        const error = explainFailure(failure, 'local:1', mainMessages(language));
        const reply: Reply<'refresh'> = {
          renewed: 3,
          unchanged: 2,
          failed: names.length,
          waiting: 0,
          skipped: 0,
          left: 0,
          results: names.map((name, index) => ({
            id: `app:${index}`,
            name,
            outcome: 'failed',
            error,
            note: null,
          })),
        };
        await fake((fake, report) => fake.answer('refresh', report), reply);
        await press('list.renew-now');
        await page.locator('.view-inner > .notice.tone-warning').waitFor();
      },
    },
    {
      name: 'refresh-failed',
      async go({ press, failNext, page }) {
        await failNext('refresh', 'store-busy', { file: 'jeton.db' });
        await press('list.renew-now');
        await page.locator('.view-inner > [role=alert]').waitFor();
      },
    },
  ],
};

const ROW_TASKS: Walk = {
  scenario: 'mixed',
  view: 'integrations',
  prepare: fewer,
  steps: [
    {
      name: 'remove-question',
      async go({ press, unfold, seeOne }) {
        await unfold('Team Lyon');
        await press('do.remove');
        await seeOne('.confirm');
      },
    },
    {
      name: 'update-slack-problems',
      async go({ escape, act, press, seeOne }) {
        await escape();
        await act('Team Lyon');
        await press('update.save');
        await seeOne('.field-note-problem');
      },
    },
    {
      name: 'update-slack-refused',
      async go({ type, press, failNext, seeOne }) {
        await failNext('updateSlack', 'slack-rejected', { reason: 'bad_client_secret' });
        await type('slack.client-id', '1.2');
        await press('update.save');
        await seeOne('.panel [role=alert]');
      },
    },
    {
      name: 'backfill-problems',
      async go({ press, act, seeOne }) {
        await press('action.close', '.panel');
        await act('Old importer');
        await press('backfill.try');
        await seeOne('.field-note-problem');
      },
    },
    {
      name: 'backfill-foreseen',
      async go({ type, press, seeOne }) {
        await type('slack.client-id', '1.2');
        await type('slack.client-secret', 'test-secret');
        await press('backfill.try');
        await seeOne('.outcome');
      },
    },
    {
      name: 'exchange-question',
      async go({ press, act, seeOne }) {
        await press('action.close', '.panel');
        await act('Legacy notifier');
        await seeOne('.confirm');
      },
    },
    {
      name: 'exchange-refused',
      async go({ press, failNext, seeOne }) {
        await failNext('exchange', 'slack-rejected', { reason: 'token_revoked' });
        await press('exchange.yes');
        await seeOne('.details [role=alert]');
      },
    },
    {
      name: 'forget-question',
      async go({ unfold, press, seeOne }) {
        await unfold('OneFlex');
        await press('do.forget');
        await seeOne('.confirm');
      },
    },
    {
      name: 'verify-refused',
      async go({ escape, press, failNext, seeOne }) {
        await escape();
        await failNext('verifyOneflex', 'oneflex-not-accepted', { reason: 'expired' });
        await press('do.verify');
        await seeOne('.details [role=alert]');
      },
    },
    {
      name: 'reinstall-hint',
      async go({ fake, act, seeOne }) {
        await fake((fake) =>
          fake.change({
            integrations: fake.world.integrations.map((one) =>
              one.id === 'local:1' ? { ...one, id: 'app:19', source: 'app' as const } : one,
            ),
          }),
        );
        await act('Team Lyon');
        await seeOne('.details .panel');
      },
    },
  ],
};

const SIGN_IN: Walk = {
  scenario: 'needs-sign-in',
  view: 'integrations',
  steps: [
    {
      name: 'sign-in-window',
      async go({ act, seeOne }) {
        await act('OneFlex');
        await seeOne('.panel .notice');
      },
    },
    {
      name: 'sign-in-own-browser',
      async go({ press, page, word }) {
        await press('sign-in.own');
        await page.getByRole('button', { name: word('sign-in.own') }).waitFor({ state: 'detached' });
        await page.getByRole('button', { name: word('sign-in.window') }).waitFor();
      },
    },
    {
      name: 'sign-in-cancelled',
      async go({ press, page }) {
        await press('action.cancel');
        await page.locator('.panel .tone-warning').waitFor();
      },
    },
    {
      name: 'sign-in-failed',
      async go({ press, failNext, page }) {
        await failNext('signIn', 'oneflex-unreachable', { reason: 'timeout' });
        await press('sign-in.own');
        await page.locator('.panel .tone-problem').waitFor();
      },
    },
    {
      name: 'sign-in-other-account',
      async go({ fake, press, page }) {
        const other = { kind: 'other-account', account: 'Sam Petit', kept: 'Camille Moreau' } as const;
        await fake((fake, reply) => fake.answer('signIn', reply), other);
        await press('sign-in.window');
        await page.locator('.panel .notice .button').first().waitFor();
        // One question at a time: nothing beside it stands out.
        expect(await page.locator('.panel .button-primary').count()).toBe(0);
      },
    },
    {
      name: 'paste-problems',
      async go({ press, page, seeOne }) {
        await page.locator('.panel .notice .button').last().click();
        await press('sign-in.paste');
        await press('paste.save');
        await seeOne('.field-note-problem');
      },
    },
    {
      name: 'signed-in',
      async go({ fake, type, press, page, language }) {
        const reply = {
          kind: 'signed-in',
          account: 'Camille Moreau',
          note: explainSituation('oneflex-unreachable', { reason: 'timeout' }, mainMessages(language))
            .message,
        } as const;
        await fake((fake, answer) => fake.answer('pasteTokens', answer), reply);
        await type('paste.access', 'eyJ.test.token');
        await press('paste.save');
        await page.locator('.panel .tone-good').waitFor();
      },
    },
  ],
};

const FIRST_STEPS: Walk = {
  scenario: 'empty',
  view: 'integrations',
  steps: [
    {
      name: 'add-slack-problems',
      async go({ page, press, seeOne }) {
        await page.locator('.choice').nth(2).click();
        await press('slack.add');
        await seeOne('.field-note-problem');
      },
    },
    {
      name: 'add-slack-refused',
      async go({ type, press, failNext, seeOne }) {
        await failNext('addSlack', 'slack-rejected', { reason: 'invalid_refresh_token' });
        await type('slack.name', 'Ops');
        await type('slack.client-id', '1.2');
        await type('slack.client-secret', 'test-secret');
        await type('slack.refresh-token', 'xoxe-1-test-refresh-1');
        await press('slack.add');
        await seeOne('.panel [role=alert]');
      },
    },
    {
      name: 'database-problem',
      async go({ page, type, press, seeOne }) {
        await page.locator('.choice').nth(1).click();
        await type('database.url', 'mysql://x');
        await press('database.try');
        await seeOne('.field-note-problem');
      },
    },
    {
      name: 'database-unusable',
      async go({ type, press, seeOne }) {
        await type('database.url', 'postgresql://jeton@db/empty');
        await press('database.try');
        await seeOne('.fact.tone-problem');
      },
    },
    {
      name: 'database-unreachable',
      async go({ type, press, failNext, seeOne }) {
        await failNext('tryDatabase', 'database-unreachable', { host: 'db:5432', reason: 'ECONNREFUSED' });
        await type('database.url', 'postgresql://jeton@db/app');
        await press('database.try');
        await seeOne('.panel [role=alert]');
      },
    },
    {
      name: 'database-usable',
      async go({ press, seeOne }) {
        await press('database.try');
        await seeOne('.fact.tone-good');
      },
    },
  ],
};

const SETTINGS: Walk = {
  scenario: 'fresh',
  view: 'settings',
  steps: [
    {
      name: 'settings-database',
      async go({ press, seeOne }) {
        await press('database.test');
        await seeOne('.facts');
        await press('database.disconnect');
        await press('database.other');
        await seeOne('[data-group=database] .form');
      },
    },
    {
      name: 'settings-disconnect',
      async go({ press, seeOne }) {
        await press('database.disconnect');
        await seeOne('.confirm');
      },
    },
    {
      name: 'settings-webhook-problem',
      async go({ escape, press, seeOne }) {
        await escape();
        await press('alerts.url', '[data-group=alerts]');
        await press('alerts.set');
        await seeOne('.field-note-problem');
      },
    },
    {
      name: 'settings-webhook-on',
      async go({ press, page }) {
        await page
          .locator('[data-group=alerts] input[type=password]')
          .fill('https://hooks.slack.com/services/T0/B0/test');
        await press('alerts.set');
        await press('alerts.test');
        await page.locator('[data-group=alerts] .notice').nth(1).waitFor();
      },
    },
    {
      name: 'settings-turn-off',
      async go({ press, seeOne }) {
        await press('alerts.turn-off');
        await seeOne('.confirm');
      },
    },
    {
      name: 'settings-unlock-problem',
      async go({ escape, press, seeOne }) {
        await escape();
        await press('vault-locked.unlock');
        await press('vault.unlock');
        await seeOne('[data-group=vault] .field-note-problem');
      },
    },
    {
      name: 'settings-unlock-refused',
      async go({ type, press, failNext, seeOne }) {
        await failNext('unlockVault', 'vault-wrong-key', { source: 'you' });
        await type('vault.unlock.key', 'test-recovery-key');
        await press('vault.unlock');
        await seeOne('[data-group=vault] [role=alert]');
        await press('vault.export');
        await seeOne('[data-group=vault] .tone-good');
      },
    },
    {
      name: 'settings-schedule-entry',
      async go({ press, seeOne }) {
        await press('schedule.show');
        await seeOne('[data-group=schedule] .output');
      },
    },
    {
      name: 'settings-schedule',
      async go({ page, press, seeOne }) {
        await page.locator('[data-group=schedule] input[type=checkbox]').check();
        await press('schedule.install');
        await seeOne('[data-group=schedule] .notice');
      },
    },
    {
      name: 'settings-refused',
      async go({ page, failNext, seeOne }) {
        await failNext('setSetting', 'setting-invalid', {
          key: 'log.maxBytes',
          expected: '10000 – 100000000',
        });
        await page.locator('[data-group=log] input').last().fill('1');
        await page.keyboard.press('Enter');
        await seeOne('[data-group=log] [role=alert]');
      },
    },
    {
      name: 'settings-saved',
      async go({ page, seeOne }) {
        await page.locator('[data-group=general] .segment').nth(4).click();
        await seeOne('.setting-saved');
      },
    },
  ],
};

const BOT: Walk = {
  scenario: 'fresh',
  view: 'bot',
  steps: [
    {
      name: 'bot-remove-question',
      async go({ press, seeOne }) {
        await press('do.remove');
        await seeOne('.confirm');
      },
    },
    {
      name: 'bot-dry-run',
      async go({ escape, press, seeOne }) {
        await escape();
        await press('bot.dry-run');
        await seeOne('.card .facts');
      },
    },
    {
      name: 'bot-exporting',
      async go({ fake, press, seeOne }) {
        await fake((fake) => fake.hold('exportTargets'));
        await press('bot.export');
        const lines = [
          'Container oneflex-bot  Recreate',
          'Container oneflex-bot  Recreated',
          'y'.repeat(200),
        ];
        await fake(
          (fake, all) => all.forEach((line) => fake.emit('exportLine', { name: 'oneflex-bot', line })),
          lines,
        );
        await seeOne('.output');
      },
    },
    {
      name: 'bot-exported',
      async go({ fake, seeOne }) {
        await fake((fake) => fake.release('exportTargets'));
        await seeOne('.card .notice');
      },
    },
    {
      name: 'bot-export-failed',
      async go({ press, failNext, seeOne }) {
        await failNext('exportTargets', 'target-busy', { name: 'oneflex-bot' });
        await press('bot.export');
        await seeOne('.card [role=alert]');
      },
    },
    {
      name: 'bot-form-problems',
      async go({ press, type, page, word, seeOne }) {
        await press('bot.add');
        await type('form.bot.name', '-x');
        await page.getByLabel(word('form.bot.where')).selectOption('elsewhere');
        await type('form.bot.ssh', '-oProxyCommand=x');
        await type('form.bot.port', '99999');
        await type('form.bot.dir', 'bots');
        await type('form.bot.env-file', '');
        await page.locator('.mapping input').first().fill('1 KEY');
        await page.locator('.mapping input').last().fill('');
        await press('action.save');
        await seeOne('.field-note-problem');
        expect(await page.locator('.field-note-problem').count()).toBe(7);
      },
    },
    {
      name: 'bot-form-refused',
      async go({ type, page, press, failNext, seeOne }) {
        await failNext('saveTarget', 'target-exists', { name: 'nas' });
        await type('form.bot.name', 'nas');
        await type('form.bot.ssh', 'camille@nas');
        await type('form.bot.port', '');
        await type('form.bot.dir', '/volume1/docker/oneflex-bot');
        await type('form.bot.env-file', 'config/.env');
        await page.locator('.mapping input').first().fill('ONEFLEX_TOKEN');
        await page.locator('.mapping input').last().fill('ONEFLEX_REFRESH_TOKEN');
        await press('action.save');
        await seeOne('.panel [role=alert]');
      },
    },
    {
      name: 'bot-host-key',
      async go({ press, page }) {
        await press('action.save');
        await page.locator('.card .tone-warning code').waitFor();
      },
    },
    {
      name: 'bot-checked',
      async go({ press, seeOne }) {
        await press('bot.host-key.accept');
        await seeOne('.card .facts');
      },
    },
  ],
};

const LOG: Walk = {
  scenario: 'slack-revoked',
  view: 'activity',
  steps: [
    {
      name: 'timeline-problems',
      async go({ press }) {
        await press('activity.show.problems');
      },
    },
    {
      name: 'timeline-none',
      async go({ page, seeOne }) {
        await page.getByRole('searchbox').fill('nobody');
        await seeOne('.nothing');
      },
    },
    {
      name: 'log-lines',
      async go({ press, fake, page }) {
        await press('activity.log');
        await page.locator('.log-line').first().waitFor();
        await fake((fake) =>
          fake.emit('logLines', { lines: ['2026-11-28 09:20:00.000 [error] slack refused id=app:3'] }),
        );
        await page.locator('.log-error').waitFor();
      },
    },
    {
      name: 'log-filtered',
      async go({ page, press, seeOne }) {
        await page.getByRole('searchbox').fill('refused');
        await press('log.copy');
        await seeOne('.notice');
      },
    },
    {
      name: 'log-none',
      async go({ page, seeOne }) {
        await page.getByRole('searchbox').fill('nobody');
        await seeOne('.log .nothing');
      },
    },
  ],
};

const TROUBLE: Walk = {
  scenario: 'trouble',
  view: 'integrations',
  steps: [
    {
      name: 'trouble-restore',
      async go({ press, seeOne }) {
        await press('store.restore');
        await seeOne('.confirm');
      },
    },
    {
      name: 'trouble-begin-anew',
      async go({ escape, press, seeOne }) {
        await escape();
        await press('store.begin-anew');
        await seeOne('.confirm');
      },
    },
    {
      name: 'trouble-retry-failed',
      async go({ escape, press, failNext, seeOne }) {
        await escape();
        await failNext('retry', 'store-busy', { file: 'jeton.db' });
        await press('action.retry');
        await seeOne('.full-page .notice');
      },
    },
  ],
};

const STANDING: Walk = {
  scenario: 'settings-broken',
  view: 'integrations',
  steps: [
    { name: 'standing-settings-broken', go: ({ seeOne }) => seeOne('.standing') },
    {
      name: 'standing-vault-locked',
      async go({ fake, press, seeOne }) {
        await fake((fake) => fake.become('vault-locked'));
        await press('vault-locked.unlock');
        await press('vault.unlock');
        await seeOne('.standing .field-note-problem');
      },
    },
    {
      name: 'standing-retry-failed',
      async go({ fake, press, failNext, seeOne }) {
        await fake((fake) => fake.become('database-down'));
        await failNext('retry', 'database-unreachable', {
          host: 'db.example.org:5432',
          reason: 'ECONNREFUSED',
        });
        await press('action.retry');
        await seeOne('.standing [role=alert]');
      },
    },
    {
      name: 'standing-together',
      async go({ fake, page }) {
        await fake((fake) => fake.change({ hasBrokenSettings: true, paused: { until: null } }));
        await page.locator('.standing').nth(2).waitFor();
      },
    },
  ],
};

const WALKS: Readonly<Record<string, Walk>> = {
  'above the list': ABOVE_THE_LIST,
  'what a row asks': ROW_TASKS,
  'signing in': SIGN_IN,
  'the first steps': FIRST_STEPS,
  settings: SETTINGS,
  'the bot': BOT,
  'activity and the log': LOG,
  'what cannot be opened': TROUBLE,
  'what lasts': STANDING,
};

let served: ServedWindow;
beforeAll(async () => {
  served = await serveWindow();
});
afterAll(() => served[Symbol.asyncDispose]());

describe.each(['en', 'fr'] as const)('in %s', (language) => {
  test.each(Object.entries(WALKS))(
    '%s',
    { timeout: 120_000 },
    async (_, { scenario, view, prepare, steps }) => {
      await using window = await served.open({ scenario, language });
      const visitor = await visit(window, language);
      await window.page.locator(`a[href="#${view}"]`).click();
      await prepare?.(visitor);
      for (const { name, go } of steps) {
        await go(visitor);
        expect(await lookAt(visitor, name)).toEqual([]);
      }
    },
  );

  test('a part of the window that does not work', async () => {
    await using window = await served.open({ scenario: 'fresh', language });
    const visitor = await visit(window, language);
    await window.page.evaluate(`window.fake.answer('examine', { facts: 'none' })`);
    await window.page.locator('a[href="#about"]').click();
    await visitor.seeOne('.full-page');
    expect(await lookAt(visitor, 'fault')).toEqual([]);
    // That reply was meant.
    expect((await window.complaints()).length).toBeGreaterThan(0);
  });

  test('not even a picture', async () => {
    await using window = await served.open({ fail: 'getState', language });
    expect(await lookAt(await visit(window, language), 'no-state')).toEqual([]);
  });
});

function lookAt(visitor: Visitor, name: string): Promise<readonly string[]> {
  const { language } = visitor;
  return look(visitor, {
    name: `${name}-${language}`,
    height: HEIGHT,
    isExamined: language === 'en',
    pictured: [1200, 360],
  });
}
