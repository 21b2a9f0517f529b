import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { profileOf } from '../../src/node/sso/profile-browser.ts';
import type { WorldlineSimulator } from '../../test/simulators/worldline.ts';
import { ANY_SCREEN, headlessBrowser } from '../../test/support/headless-browser.ts';
import { signInOverHttp } from '../../test/support/person-over-http.ts';
import { personAt } from '../../test/support/person.ts';
import type { Bot } from './bot.ts';
import type { Stage, Verdict } from './stage.ts';

const OWN_KEYS = /^ONEFLEX_(REFRESH_)?TOKEN=.*\n/gm;

/** Sign-in to OneFlex, and the tokens' way to the bot. */
export async function tellOfOneflex(
  stage: Stage,
  worldline: WorldlineSimulator,
  bot: Bot,
): Promise<readonly Verdict[]> {
  const { employee } = worldline;
  const how = await signIn(stage, worldline);

  const noContainer = await bot.start();
  const exits = noContainer === undefined ? [0] : [1, 69];
  stage.say('\nA bot with a file of its own, which has settings and an old token in it:');
  stage.say(bot.read().trimEnd().replaceAll(/^/gm, '    '));
  if (noContainer === undefined) {
    stage.say('Its container runs; it is this demo’s own, and is removed at the end:');
    stage.say(`    ${(await bot.words()).join('\n    ')}`);
  } else {
    stage.say(`${noContainer}: so the bot has no container.`);
    stage.say('Its file is written all the same, and Jeton remembers that a restart is owed.');
  }
  await stage.show(`target add bot --dir ${bot.dir}`);
  await stage.show('export bot', { exits });
  const exported = bot.token();
  const readsExported = bot.isRunning && (await bot.isOn(exported));
  if (bot.isRunning) {
    stage.say('What the bot said, before and after:');
    stage.say(`    ${(await bot.words()).join('\n    ')}`);
  }

  stage.say('\nA quarter of an hour later, what "jeton run" does by itself:');
  await stage.show('oneflex renew', { exits });
  await stage.show('oneflex status --verify');
  stage.say('\nThe bot’s file now, but for the tokens:');
  const after = bot.read();
  stage.say(
    after
      .trimEnd()
      .replaceAll(/(TOKEN=).+/g, '$1…')
      .replaceAll(/^/gm, '    '),
  );

  const { integrations, targets } = await stage.status();
  const pending = targets.find(({ name }) => name === 'bot')?.pending;
  return [
    {
      claim: `${employee.fullName} ${how}; OneFlex says so`,
      holds:
        worldline.count('session-started') === 1 &&
        worldline.count('tokens-issued') === 1 &&
        integrations.some(({ name, state }) => name.includes(employee.fullName) && state === 'fresh'),
    },
    {
      claim: 'The bot’s file has a newer token than at first, and OneFlex accepts it',
      holds: bot.token() !== exported && worldline.ownerOf(bot.token()) === employee,
    },
    {
      claim: 'Every other line of that file is, byte for byte, what it was',
      holds: after.replaceAll(OWN_KEYS, '') === bot.settings.replaceAll(OWN_KEYS, ''),
    },
    noContainer === undefined
      ? {
          claim: 'The bot’s container was restarted once, and read the token that was exported',
          holds: readsExported && (await bot.words()).length === 2 && pending === null,
        }
      : {
          claim: `${noContainer}: restart pending, which Jeton remembers`,
          holds: typeof pending?.reason === 'string',
        },
  ];
}

/** Answers how it was done. */
async function signIn(stage: Stage, worldline: WorldlineSimulator): Promise<string> {
  const { employee } = worldline;
  const browser = await browserThatStarts(stage);
  if (browser === undefined) {
    stage.say('\nNo browser that starts by itself was found here: the demo person signs in');
    stage.say('elsewhere, and pastes both tokens.');
    const { accessToken, refreshToken } = await signInOverHttp(worldline, employee);
    await stage.show('oneflex login --paste', { input: `${accessToken}\n${refreshToken}\n` });
    return 'pasted the tokens of a sign-in elsewhere';
  }
  stage.say('\nThe browser that is installed here opens OneFlex, without a window. Jeton only');
  stage.say('watches its cookies: e-mail, password and code are typed by a demo person, who');
  stage.say('is no part of Jeton.');
  const login = stage.show(`oneflex login --timeout 40 --browser ${browser}`, { env: ANY_SCREEN });
  const person = sitDown(stage, worldline).catch((error: unknown) => {
    // The time limit ends the command.
    stage.surprises.push(`the demo person did not get on: ${String(error).split('\n')[0]}`);
  });
  await Promise.all([login, person]);
  return 'signed in through a real browser';
}

async function sitDown(stage: Stage, worldline: WorldlineSimulator): Promise<void> {
  await Promise.race([
    worldline.waitFor('visited'),
    new Promise((_, reject) => stage.stop.addEventListener('abort', () => reject(new Error('stopped')))),
  ]);
  // The way to the browser is on this machine, whatever proxy leads out of it.
  process.env['no_proxy'] = '127.0.0.1';
  const person = await personAt(profileOf(stage.home));
  try {
    await person.signIn(worldline.employee);
  } finally {
    await person.leave();
  }
}

/** The path of a browser that opens no window, and is seen to start. */
async function browserThatStarts(stage: Stage): Promise<string | undefined> {
  const browser = headlessBrowser(stage.folder);
  if (browser === undefined) return undefined;
  const profile = join(stage.folder, 'try-out');
  mkdirSync(profile);
  const page = await stage.run([browser, `--user-data-dir=${profile}`, '--dump-dom', 'about:blank']);
  return page?.includes('<html>') ? browser : undefined;
}
