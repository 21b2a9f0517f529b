/** Bots, settings, activity and diagnostics, as a person uses them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Payload } from '../../src/shared/ipc/bridge.ts';
import { type OpenOptions, type OpenWindow, type ServedWindow, serveWindow } from './served-window.ts';

let served: ServedWindow;
beforeAll(async () => {
  served = await serveWindow();
});
afterAll(() => served[Symbol.asyncDispose]());

async function openView(view: Payload<'viewRequested'>['view'], options?: OpenOptions): Promise<OpenWindow> {
  const window = await served.open(options);
  await window.page.locator(`a[href="#${view}"]`).click();
  return window;
}
const button = ({ page }: OpenWindow, name: string) => page.getByRole('button', { name, exact: true });
const expectToSee = (window: OpenWindow, text: string | RegExp) =>
  window.page.getByText(text).filter({ visible: true }).first().waitFor();

describe('the bot', () => {
  test('what it was given when, and how its container does', async () => {
    await using window = await openView('bot');
    const card = window.page.getByRole('article', { name: 'oneflex-bot' });
    const text = await card.textContent();
    for (const part of ['/srv/oneflex-bot/config/.env', '4 min ago', 'ONEFLEX_REFRESH_TOKEN', 'supplied']) {
      expect(text).toContain(part);
    }
  });

  test('export and restart shows its output while it runs, and what came of it', async () => {
    await using window = await openView('bot');
    await window.fake((fake) => fake.hold('exportTargets'));
    await button(window, 'Export and restart').click();
    await button(window, 'Exporting…').waitFor();
    await window.fake((fake) => fake.emit('exportLine', { name: 'oneflex-bot', line: 'Pulling…' }));
    await expectToSee(window, 'Pulling…');
    await button(window, 'Cancel').click();
    await window.page.getByRole('link', { name: 'About' }).click();
    await window.fake((fake) => fake.release('exportTargets'));
    await window.page.getByRole('link', { name: 'Bot' }).click();
    await expectToSee(window, 'Restarting oneflex-bot ... done');
    await expectToSee(window, 'Done.');
    expect(await window.calls('exportTargets')).toEqual([{ names: ['oneflex-bot'], restart: true }]);
    expect(await window.calls('cancelExport')).toEqual([{ name: 'oneflex-bot' }]);
  });

  test('an export that somebody else began shows its own output alone', async () => {
    await using window = await openView('bot');
    const output = window.page.getByRole('log', { name: /oneflex-bot/ });
    const print = (line: string): Promise<void> =>
      window.fake((fake, said) => fake.emit('exportLine', { name: 'oneflex-bot', line: said }), line);
    const begin = async (): Promise<void> => {
      await window.fake((fake) => fake.change({ exporting: ['oneflex-bot'] }));
      await button(window, 'Exporting…').waitFor();
    };
    const end = async (): Promise<void> => {
      await window.fake((fake) => fake.change({ exporting: [] }));
      await button(window, 'Export and restart').waitFor();
    };
    await begin();
    await print('Pulling the first…');
    await end();
    await expect.poll(() => output.textContent()).toBe('Pulling the first…');
    await begin();
    await output.waitFor({ state: 'detached' });
    await print('Pulling the second…');
    await expect.poll(() => output.textContent()).toBe('Pulling the second…');
    await end();
    // Told in one go, as it may be: no line of the one that has begun is lost.
    await window.fake((fake) => {
      fake.change({ exporting: ['oneflex-bot'] });
      fake.emit('exportLine', { name: 'oneflex-bot', line: 'Pulling the third…' });
    });
    await button(window, 'Exporting…').waitFor();
    await expect.poll(() => output.textContent()).toBe('Pulling the third…');
  });

  test('an export without a restart, and only a look at what it would do', async () => {
    await using window = await openView('bot');
    await button(window, 'Export only').click();
    await expectToSee(window, 'Done.');
    await button(window, 'What would change?').click();
    await expectToSee(window, 'What an export would do');
    expect(await window.calls('exportTargets')).toEqual([
      { names: ['oneflex-bot'], restart: false },
      { names: ['oneflex-bot'], dryRun: true },
    ]);
  });

  test('a look at what an export would do is called none, and leaves what the last one printed', async () => {
    await using window = await openView('bot');
    await button(window, 'Export and restart').click();
    await expectToSee(window, 'Restarting oneflex-bot ... done');
    await window.fake((fake) => fake.hold('exportTargets'));
    const look = button(window, 'What would change?');
    await look.click();
    await expect.poll(() => look.getAttribute('aria-busy')).toBe('true');
    expect(await button(window, 'Exporting…').count()).toBe(0);
    await expectToSee(window, 'Restarting oneflex-bot ... done');
    await window.fake((fake) => fake.release('exportTargets'));
    await expectToSee(window, 'What an export would do');
    await expectToSee(window, 'Restarting oneflex-bot ... done');
  });

  test('a file that lost keys is written all the same once somebody says so', async () => {
    await using window = await openView('bot', { scenario: 'file-cut' });
    await expectToSee(window, /RESERVATION_TIME gone/);
    await button(window, 'Try again').waitFor();
    await button(window, 'Export all the same').click();
    await expect.poll(() => window.calls('exportTargets')).toEqual([{ names: ['oneflex-bot'], force: true }]);
    await expectToSee(window, 'Done.');
    await expect.poll(() => button(window, 'Export all the same').count()).toBe(0);
  });

  test('a restart that is held can be done anyway', async () => {
    await using window = await openView('bot', { scenario: 'restart-held' });
    await expectToSee(window, 'The bot is about to book: it is left alone until 09:28.');
    await button(window, 'Restart it anyway').click();
    await expect
      .poll(() => window.calls('exportTargets'))
      .toEqual([{ names: ['oneflex-bot'], restart: true, force: true }]);
    await expectToSee(window, 'supplied');
  });

  test('without Docker there is a way out', async () => {
    await using window = await openView('bot', { scenario: 'docker-missing' });
    const region = window.page.getByRole('region', { name: 'Docker is not there' });
    expect(await region.textContent()).toContain('Install Docker, or restart the bot yourself.');
    await region.getByRole('button', { name: 'Get Docker' }).click();
    expect(await window.calls('openLink')).toEqual([{ link: 'get-docker' }]);
    await region.getByRole('button', { name: 'Try again' }).click();
    await region.waitFor({ state: 'detached' });
  });

  test('adding one on another machine: checked in the form, then by a look at it', async () => {
    await using window = await openView('bot', { scenario: 'empty' });
    await button(window, 'Add a bot').click();
    const { page } = window;
    await page.getByLabel('Name').fill('-x');
    await page.getByLabel('Folder').fill('C:/bots');
    await page.getByLabel('Key 2', { exact: true }).fill('ONEFLEX_TOKEN');
    await page.getByLabel('Where it runs').selectOption('On another one, by ssh');
    await page.getByLabel('Machine').fill('-oProxyCommand=x');
    await page.getByLabel('Port').fill('99999');
    await button(window, 'Save').click();
    for (const problem of [
      'Up to 64 letters, digits, . _ and -, the first a letter or digit.',
      'A whole path, such as /srv/oneflex-bot.',
      'This key is there already.',
      '[user@]host, without spaces.',
      'A number from 1 to 65535.',
    ]) {
      await expectToSee(window, problem);
    }
    expect(await window.calls('saveTarget')).toEqual([]);
    await page.getByLabel('Name').fill('nas');
    await page.getByLabel('Folder').fill('/volume1/docker/oneflex-bot');
    await page.getByLabel('Machine').fill('camille@nas:2222');
    await page.getByLabel('Port').fill('');
    await page.getByLabel('Key 1', { exact: true }).fill(' ONEFLEX_TOKEN ');
    await button(window, 'Remove key 2').click();
    await page.getByText('Compose, sudo and more').click();
    await page.getByLabel('Docker needs sudo there').check();
    await page.getByLabel(/^Compose files/).fill('docker-compose.ghcr.yml\n');
    await page.getByLabel('Restart it').selectOption('never');
    await button(window, 'Save').click();
    await expectToSee(window, 'Is this the right machine?');
    expect(await window.calls('saveTarget')).toEqual([
      {
        target: {
          name: 'nas',
          dir: '/volume1/docker/oneflex-bot',
          envFile: 'config/.env',
          composeFiles: ['docker-compose.ghcr.yml'],
          ssh: { destination: 'camille@nas', port: 2222 },
          sudo: true,
          sessionJson: false,
          mappings: [{ key: 'ONEFLEX_TOKEN', source: 'oneflex:access' }],
          restart: 'never',
        },
      },
    ]);
    await button(window, 'It is the same: trust it').click();
    await expectToSee(window, '20.10.24, compose 1.29.2');
    expect((await window.calls('checkTarget')).at(-1)).toEqual({
      name: 'nas',
      acceptHostKey: expect.stringMatching(/^SHA256:/),
    });
  });

  test('a new one is looked at once, and what was found goes when it is read or out of date', async () => {
    await using window = await openView('bot', { scenario: 'empty' });
    await button(window, 'Add a bot').click();
    await window.page.getByLabel('Name').fill('my-bot');
    await window.page.getByLabel('Folder').fill('/srv/my-bot');
    await button(window, 'Save').click();
    const report = window.page.getByRole('region', { name: 'What the check found' });
    await report.waitFor();
    await window.page.getByRole('link', { name: 'About' }).click();
    await window.page.getByRole('link', { name: 'Bot' }).click();
    await report.waitFor();
    expect(await window.calls('checkTarget')).toEqual([{ name: 'my-bot' }]);
    await button(window, 'Close the report').click();
    await report.waitFor({ state: 'detached' });
    await button(window, 'Check').click();
    await report.waitFor();
    await button(window, 'Export and restart').click();
    await expectToSee(window, 'Done.');
    await report.waitFor({ state: 'detached' });
  });

  test('editing one, with a folder from the system’s chooser and a Slack token', async () => {
    await using window = await openView('bot');
    await button(window, 'Edit').click();
    await button(window, 'Choose…').click();
    await expect.poll(() => window.page.getByLabel('Folder').inputValue()).toBe('/srv/chosen-bot');
    await button(window, 'Add a key').click();
    await window.page.getByLabel('Key 3', { exact: true }).fill(' SLACK_TOKEN ');
    await window.page.getByLabel('Value of key 3').selectOption('Support desk: Slack access token');
    await button(window, 'Save').click();
    await expectToSee(window, '/srv/chosen-bot/config/.env');
    const [saved] = await window.calls('saveTarget');
    expect(saved).toMatchObject({
      replaces: 'oneflex-bot',
      target: { dir: '/srv/chosen-bot', mappings: [{}, {}, { key: 'SLACK_TOKEN', source: 'slack:app:12' }] },
    });
  });

  test('a machine’s port may stand behind its name', async () => {
    await using window = await openView('bot');
    await button(window, 'Edit').click();
    await window.page.getByLabel('Where it runs').selectOption('On another one, by ssh');
    await window.page.getByLabel('Machine').fill('camille@nas:99999');
    await button(window, 'Save').click();
    await expectToSee(window, 'A number from 1 to 65535.');
    await window.page.getByLabel('Machine').fill(' camille@nas:2222 ');
    await button(window, 'Save').click();
    await expect.poll(() => window.calls('saveTarget')).toHaveLength(1);
    expect((await window.calls('saveTarget'))[0]).toMatchObject({
      target: { ssh: { destination: 'camille@nas', port: 2222 } },
    });
  });

  test('what the main process does not accept is said in the form, which stays', async () => {
    await using window = await openView('bot');
    await button(window, 'Edit').click();
    await window.fake((fake) => fake.fail('saveTarget', 'target-exists', { name: 'oneflex-bot' }));
    await button(window, 'Save').click();
    await window.page.getByRole('alert').waitFor();
    expect(await window.page.getByLabel('Folder').inputValue()).toBe('/srv/oneflex-bot');
    await button(window, 'Cancel').click();
    await button(window, 'Export and restart').waitFor();
  });

  test('removing one asks first, and leads back to the beginning', async () => {
    await using window = await openView('bot');
    await button(window, 'Remove…').click();
    await button(window, 'Forget it').click();
    await expectToSee(window, 'No bot gets your tokens yet');
    expect(await window.calls('removeTarget')).toEqual([{ name: 'oneflex-bot' }]);
  });
});

describe('settings', () => {
  const region = ({ page }: OpenWindow, name: string) => page.getByRole('region', { name, exact: true });

  test('the language changes at once, everywhere, and back by an undo', async () => {
    await using window = await openView('settings');
    await button(window, 'Français').click();
    await window.page.getByRole('link', { name: 'Réglages' }).waitFor();
    expect(await window.page.evaluate<string>('document.documentElement.lang')).toBe('fr');
    await button(window, 'Annuler').click();
    await window.page.getByRole('link', { name: 'Settings' }).waitFor();
    expect(await window.page.evaluate<string>('document.documentElement.lang')).toBe('en');
    expect(await window.calls('setSetting')).toEqual([
      { key: 'language', value: 'fr' },
      { key: 'language', value: 'auto' },
    ]);
  });

  test('a number is saved when it is left, and put back by an undo', async () => {
    await using window = await openView('settings');
    const field = window.page.getByLabel('Requests at once');
    await field.fill('8');
    await field.press('Enter');
    await expectToSee(window, 'Saved.');
    await button(window, 'Undo').click();
    await expectToSee(window, 'Put back.');
    expect(await field.inputValue()).toBe('64');
    expect(await window.page.evaluate('document.activeElement?.value')).toBe('64');
    expect(await window.calls('setSetting')).toEqual([
      { key: 'slack.concurrency', value: 8 },
      { key: 'slack.concurrency', value: 64 },
    ]);
  });

  test('what is refused is said beside it, until it is right', async () => {
    await using window = await openView('settings');
    await window.fake((fake) =>
      fake.fail('setSetting', 'setting-refused', { key: 'slack.apiUrl', expected: 'https://…' }),
    );
    await window.page.getByLabel('Base of Slack’s Web API').fill('ftp://x');
    await window.page.getByLabel('Requests at once').focus();
    await expectToSee(window, '“slack.apiUrl” must be https://…. Nothing was changed.');
  });

  test('what the environment sets cannot be changed, and what nobody knows is shown by its key', async () => {
    await using window = await openView('settings');
    expect(await window.page.getByLabel('Site').getAttribute('readonly')).not.toBeNull();
    await expectToSee(window, 'Set by an environment variable.');
    await window.fake((fake) =>
      fake.answer('listSettings', { settings: [{ key: 'new.one', value: true, from: 'default' }] }),
    );
    await window.fake((fake) => fake.change({}));
    await region(window, 'Others').getByRole('group', { name: 'new.one' }).waitFor();
  });

  test('starting at login', async () => {
    await using window = await openView('settings');
    const group = window.page.getByRole('group', { name: 'Start at login' });
    await group.getByRole('button', { name: 'On' }).click();
    await expect
      .poll(() => group.getByRole('button', { name: 'On' }).getAttribute('aria-pressed'))
      .toBe('true');
    expect(await window.calls('setStartAtLogin')).toEqual([{ on: true }]);
    await expectToSee(window, 'Saved.');
    await button(window, 'Undo').click();
    await expectToSee(window, 'Put back.');
    expect(await group.getByRole('button', { name: 'Off' }).getAttribute('aria-pressed')).toBe('true');
    expect(await window.page.evaluate('document.activeElement?.closest("[role=group]") !== null')).toBe(true);
    expect(await window.calls('setStartAtLogin')).toEqual([{ on: true }, { on: false }]);
    await window.fake((fake) => fake.change({ startAtLogin: 'unknown' }));
    await expectToSee(window, /Whether it does cannot be told here/);
    await group.getByRole('button', { name: 'On' }).click();
    await expectToSee(window, 'Saved.');
    expect(await button(window, 'Undo').count()).toBe(0);
  });

  test('settings that cannot be read leave what takes more than a value, and a way out', async () => {
    await using window = await openView('settings', { scenario: 'settings-broken', fail: 'listSettings' });
    const region = window.page.getByRole('region', { name: 'The settings cannot be read' });
    await region.getByRole('button', { name: 'Open home folder' }).waitFor();
    for (const group of ['Application’s database', 'Alerts', 'Vault', 'Without the application']) {
      await window.page.getByRole('region', { name: group, exact: true }).waitFor();
    }
    await region.getByRole('button', { name: 'Try again' }).click();
    await region.waitFor({ state: 'detached' });
    await expect.poll(() => window.page.getByLabel('Base of Slack’s Web API').count()).toBe(1);
  });

  test('the report of a database goes with it, or when it is closed', async () => {
    await using window = await openView('settings');
    const report = window.page.getByRole('region', { name: 'What is there', exact: true });
    await button(window, 'Test it').click();
    await report.waitFor();
    await button(window, 'Close the report').press('Enter');
    await report.waitFor({ state: 'detached' });
    await expect.poll(() => window.page.locator(':focus').textContent()).toBe('Test it');
    await button(window, 'Test it').click();
    await report.waitFor();
    await button(window, 'Connect another one').click();
    await window.page.getByLabel('URL of the database').fill('postgres://elsewhere/app');
    await button(window, 'Try it').click();
    await button(window, 'Connect').click();
    await expectToSee(window, 'The database is connected.');
    await report.waitFor({ state: 'detached' });
    await button(window, 'Test it').click();
    await report.waitFor();
    await button(window, 'Disconnect…').click();
    await button(window, 'Disconnect it').click();
    await expectToSee(window, 'No database is connected.');
    expect(await report.count()).toBe(0);
  });

  test('the database is tested and disconnected', async () => {
    await using window = await openView('settings');
    await button(window, 'Test it').click();
    await expectToSee(window, '3 Slack rows, none lacks anything');
    await button(window, 'Disconnect…').click();
    await button(window, 'Disconnect it').click();
    await expectToSee(window, 'No database is connected.');
    expect(await window.calls('tryDatabase')).toEqual([{}]);
    expect(await window.calls('disconnectDatabase')).toEqual([{}]);
  });

  test('a database that a variable connects says so when it is disconnected', async () => {
    await using window = await openView('settings');
    const held = {
      code: 'database-in-environment',
      message: 'DATABASE_URL is set.',
      remedy: 'Take it away.',
    };
    await window.fake((fake, reply) => fake.answer('disconnectDatabase', reply), {
      disconnected: false,
      held,
    });
    await button(window, 'Disconnect…').click();
    await button(window, 'Disconnect it').click();
    await expectToSee(window, 'DATABASE_URL is set.');
    await expectToSee(window, 'Take it away.');
    await button(window, 'Dismiss').click();
    await expect.poll(() => window.page.getByText('DATABASE_URL is set.').count()).toBe(0);
  });

  test('alerts are tried, set, tested and turned off', async () => {
    await using window = await openView('settings');
    await button(window, 'URL of a Discord or Slack webhook').click();
    const url = window.page
      .getByLabel('URL of a Discord or Slack webhook')
      .and(window.page.getByRole('textbox'));
    await url.fill('discord.example/x');
    await button(window, 'Try it and save').click();
    await expectToSee(window, 'It begins with https://.');
    await url.fill('https://hooks.slack.com/services/T0/B0/test');
    await button(window, 'Try it and save').click();
    await expectToSee(window, 'A Slack webhook is told when you are needed.');
    expect(await url.inputValue()).toBe('');
    await button(window, 'Send a test message').click();
    await expectToSee(window, 'A test message was sent.');
    await button(window, 'Turn off…').click();
    await button(window, 'Turn off').click();
    await expectToSee(window, /^Nobody is told/);
    await button(window, 'URL of a Discord or Slack webhook').click();
    await window.page.getByLabel('Send a test message first').uncheck();
    await url.fill('https://discord.com/api/webhooks/1/test');
    await window.page.getByLabel('Form of the messages').selectOption('Slack');
    await button(window, 'Save it untried').click();
    await expectToSee(window, 'A Slack webhook is told when you are needed.');
    expect(await window.calls('setWebhook')).toEqual([
      { url: 'https://hooks.slack.com/services/T0/B0/test', test: true },
      { url: 'https://discord.com/api/webhooks/1/test', format: 'slack', test: false },
    ]);
    expect(await window.calls('turnAlertsOff')).toEqual([{}]);
  });

  test('the vault is made, and its recovery key exported to a file', async () => {
    await using window = await openView('settings', { scenario: 'empty' });
    await button(window, 'Make it now').click();
    await expectToSee(window, 'The vault is open.');
    await button(window, 'Export the recovery key…').click();
    await expectToSee(window, 'The recovery key is in /home/camille/jeton-recovery-key.txt.');
    expect(await window.calls('initVault')).toEqual([{}]);
  });

  test('what the system’s schedule would be is shown before it is installed', async () => {
    await using window = await openView('settings');
    await window.page.getByLabel('How often').selectOption('every 2 hours');
    await button(window, 'Show the entry').click();
    await expectToSee(window, 'This would be added to crontab; nothing was changed yet:');
    await expectToSee(window, 'A scheduled run does not see HTTPS_PROXY.');
    const entry = window.page.getByRole('group', { name: 'Entry' });
    expect(await entry.textContent()).toBe('0 */2 * * * node jeton slack refresh --scheduled');
    await expectToSee(window, 'Not installed.');
    // Of another interval that would not be true.
    await window.page.getByLabel('How often').selectOption('every 4 hours');
    await expect.poll(() => entry.count()).toBe(0);
    expect(await window.calls('installSchedule')).toEqual([{ everyMinutes: 120, dryRun: true }]);
  });

  test('the system’s schedule is installed, changed and removed', async () => {
    await using window = await openView('settings');
    await button(window, 'Install').click();
    await expectToSee(window, /Installed: every 4 hours/);
    await window.page.getByLabel('How often').selectOption('every day');
    await window.page.getByLabel(/^Renew first what is due/).check();
    await button(window, 'Change').click();
    await expectToSee(window, /Installed: every day/);
    await expectToSee(window, 'There was nothing to renew.');
    await region(window, 'Without the application').getByRole('button', { name: 'Remove' }).click();
    await expectToSee(window, 'Not installed.');
    expect(await window.calls('installSchedule')).toEqual([
      { everyMinutes: 240, test: false },
      { everyMinutes: 1440, test: true },
    ]);
    expect(await window.calls('removeSchedule')).toEqual([{}]);
  });
});

describe('activity', () => {
  const listedIn = async ({ page }: OpenWindow): Promise<number> =>
    Number(await page.locator('.timeline-item').first().getAttribute('aria-setsize'));

  test('what happened, newest first, filtered, and a way to whom it happened', async () => {
    await using window = await openView('activity', { scenario: 'slack-revoked' });
    await expectToSee(window, 'Yesterday');
    const listed = (): Promise<number> => listedIn(window);
    expect(await listed()).toBe(100);
    await button(window, 'Problems only').click();
    await expect.poll(listed).toBeLessThan(10);
    await window.page.getByRole('searchbox', { name: 'Filter what happened' }).fill('nobody');
    await expectToSee(window, 'Nothing that happened fits this filter.');
    await window.page.keyboard.press('Escape');
    await button(window, 'Team Lyon standup').first().click();
    await expectToSee(window, 'Somebody revoked the token in Slack.');
  });

  test('earlier ones on demand', async () => {
    await using window = await openView('activity', { scenario: 'many' });
    await button(window, 'Show earlier ones').click();
    await expect.poll(() => listedIn(window)).toBeGreaterThan(100);
    expect(await window.calls('listActivity')).toEqual([{ limit: 100 }, { limit: 400 }]);
  });

  test('the log is followed while it is in sight, filtered and copied', async () => {
    await using window = await openView('activity');
    await button(window, 'Log').click();
    await expectToSee(window, /^300 lines$/);
    await window.fake((fake) => fake.emit('logLines', { lines: ['09:20 [error] something new'] }));
    await expectToSee(window, '301 lines');
    await expectToSee(window, /something new/);
    await window.page.getByRole('searchbox', { name: 'Filter the log' }).fill('something');
    await expectToSee(window, /^1 line$/);
    await button(window, 'Copy what is shown').click();
    await expectToSee(window, 'Copied.');
    expect(await window.calls('copyText')).toEqual([{ text: '09:20 [error] something new' }]);
    await window.page.getByRole('link', { name: 'Bot' }).click();
    await expect.poll(() => window.calls('unfollowLogs')).toHaveLength(1);
    expect(await window.calls('followLogs')).toHaveLength(1);
  });

  test('the log is there although somebody ceased to follow it while it was read', async () => {
    await using window = await openView('activity');
    await window.fake((fake) => fake.hold('followLogs'));
    await button(window, 'Log').click();
    await window.page.getByLabel('Follow').uncheck();
    await expectToSee(window, /^300 lines$/);
    await window.fake((fake) => fake.release('followLogs'));
    expect(await window.calls('readLogs')).toHaveLength(1);
  });

  test('a log that cannot be read says so, shows what comes, and is read by another try', async () => {
    await using window = await openView('activity');
    await window.fake((fake) => fake.fail('followLogs', 'store-busy', { file: 'jeton.log' }));
    await button(window, 'Log').click();
    await expectToSee(window, /jeton\.log/);
    await window.fake((fake) => fake.emit('logLines', { lines: ['09:20 [error] something new'] }));
    await expectToSee(window, /something new/);
    await button(window, 'Try again').click();
    await expectToSee(window, /^300 lines$/);
    await expect.poll(() => window.page.getByRole('alert').count()).toBe(0);
  });

  test('of a log that is too long to copy the newest lines are, whole, and that is said', async () => {
    await using window = await openView('activity', { language: 'fr' });
    await window.fake((fake) => {
      const lines = Array.from({ length: 900 }, (_, index) => `${index} ${'x'.repeat(300)}`);
      fake.answer('followLogs', { lines });
    });
    await button(window, 'Journal').click();
    await expectToSee(window, '900 lignes');
    await button(window, 'Copier ce qui est affiché').click();
    // Of 304 characters each, and what parts them: one more would go beyond 200,000.
    await expectToSee(window, 'Copié\u00a0: les 655 plus récentes des 900 lignes.');
    const [copied] = await window.calls('copyText');
    const lines = String(Object.values(copied ?? {})[0]).split('\n');
    expect(lines).toHaveLength(655);
    expect(lines.every((line) => /^\d+ x{300}$/.test(line))).toBe(true);
    expect(lines.at(-1)).toMatch(/^899 /);
  });
});

test('diagnostics: each with its remedy, copied as text', async () => {
  await using window = await openView('about');
  await expectToSee(window, 'Version 0.1.0');
  await expectToSee(window, '1 problem · 1 note');
  await expectToSee(window, 'Install Docker.');
  await button(window, 'Copy the report').click();
  const [copied] = await window.calls('copyText');
  expect(copied).toEqual({
    text: expect.stringContaining('[problem] Docker: docker: not found · Install Docker.'),
  });
  await button(window, 'Examine again').click();
  await expect.poll(() => window.calls('examine')).toHaveLength(2);
  await button(window, 'Open log folder').click();
  expect(await window.calls('openFolder')).toEqual([{ folder: 'logs' }]);
});

test('the licences of what is inside are read here, or it is said why not', async () => {
  await using window = await openView('about');
  await window.fake((fake) =>
    fake.fail('readLicences', 'file-unreadable', { path: 'LICENSE', reason: 'ENOENT' }),
  );
  await button(window, 'Licences').click();
  await expectToSee(window, /^LICENSE cannot be read/);
  await button(window, 'Try again').click();
  await window.page.getByText('zod 4.6.7', { exact: true }).click();
  const text = window.page.getByRole('region', { name: 'Licence of zod 4.6.7' });
  await expect.poll(() => text.textContent()).toContain('Copyright (c) 2020');
  await button(window, 'Licences').click();
  await text.waitFor({ state: 'detached' });
});

test('a report that is copied in French parts its names as French does', async () => {
  await using window = await openView('about', { language: 'fr' });
  await button(window, 'Copier le rapport').click();
  await expect
    .poll(() => window.calls('copyText'))
    .toEqual([{ text: expect.stringContaining('Home\u00a0: vous seul pouvez le lire') }]);
});

describe('what the system or the main process refuses is said beside its button', () => {
  const PLACES = [
    { call: 'openFolder', view: 'about', press: 'Open log folder', scenario: 'fresh' },
    { call: 'openFolder', view: 'integrations', press: 'Open home folder', scenario: 'settings-broken' },
    { call: 'openFolder', view: 'integrations', press: 'Open home folder', scenario: 'trouble' },
    { call: 'openLink', view: 'bot', press: 'Get Docker', scenario: 'docker-missing' },
    { call: 'cancelExport', view: 'bot', press: 'Cancel', scenario: 'fresh' },
  ] as const;
  test.each(PLACES)('$call: $press ($scenario)', async ({ call, view, press, scenario }) => {
    await using window = await openView(view, { scenario });
    if (call === 'cancelExport') await window.fake((fake) => fake.change({ exporting: ['oneflex-bot'] }));
    await window.fake((fake, refused) => fake.fail(refused, 'store-busy', { file: 'jeton.db' }), call);
    await button(window, press).click();
    const alert = window.page.getByRole('alert').filter({ hasText: 'Try again in a moment.' });
    await alert.waitFor();
    await button(window, press).click();
    await expect.poll(() => alert.count()).toBe(0);
  });

  test('openFolder: from the log', async () => {
    await using window = await openView('activity');
    await button(window, 'Log').click();
    await window.fake((fake) => fake.fail('openFolder', 'store-busy', { file: 'jeton.db' }));
    await button(window, 'Open the folder').click();
    await expect.poll(() => window.page.getByRole('alert').textContent()).toContain('Try again in a moment.');
  });

  test('openLink: from the form for a Slack app', async () => {
    await using window = await served.open({ scenario: 'empty' });
    await window.page.getByRole('button', { name: /^Add a Slack app/ }).click();
    await window.fake((fake) => fake.fail('openLink', 'store-busy', { file: 'jeton.db' }));
    await button(window, 'Open Slack’s app pages').click();
    await expect.poll(() => window.page.getByRole('alert').textContent()).toContain('Try again in a moment.');
  });
});

test('a mistake in one part of the window leaves the others as they are', async () => {
  await using window = await openView('about');
  await window.page.evaluate(`window.fake.answer('examine', { facts: 'none' })`);
  await button(window, 'Examine again').click();
  await expectToSee(window, 'This part of the window does not work');
  await window.page.getByRole('link', { name: 'Settings' }).click();
  await expectToSee(window, 'Appearance');
  await window.page.getByRole('link', { name: 'About' }).click();
  await button(window, 'Try again').click();
  await expectToSee(window, 'Install Docker.');
  // Both were meant: the reply that nobody could read, and the complaint about it.
  expect((await window.complaints()).length).toBeGreaterThan(0);
});

test('what was begun in a view is there again when somebody comes back', async () => {
  await using window = await openView('bot');
  await button(window, 'Add a bot').click();
  await window.page.getByLabel('Name').fill('second');
  await window.page.getByRole('link', { name: 'About' }).click();
  await window.page.getByRole('link', { name: 'Bot' }).click();
  expect(await window.page.getByLabel('Name').inputValue()).toBe('second');
});
