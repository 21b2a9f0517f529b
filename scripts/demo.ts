/**
 * `npm run demo`: Slack's tokens kept fresh, a sign-in to OneFlex, and a bot that gets its tokens. The command line is
 * the built one, in processes of its own; Slack and Worldline are the tests' simulators, on loopback; browser and
 * Docker are real, where they are there; all else is in a folder that is removed at the end. The summary is read back
 * from Jeton, the bot's file and its container, and compared with the simulators; the exit code says whether it holds.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSlackSimulator, type SlackSimulator } from '../test/simulators/slack.ts';
import { startWorldlineSimulator, type WorldlineSimulator } from '../test/simulators/worldline.ts';
import { Bot } from './demo/bot.ts';
import { tellOfOneflex } from './demo/oneflex.ts';
import { tellOfSlack } from './demo/slack.ts';
import { colour, Stage, type Verdict } from './demo/stage.ts';

async function tell(
  stage: Stage,
  bot: Bot,
  slack: SlackSimulator,
  worldline: WorldlineSimulator,
): Promise<readonly Verdict[]> {
  stage.say(`All of this happens in ${stage.folder}`);
  stage.say('and nothing else is touched, but for one container where Docker runs. Both are');
  stage.say('removed at the end.');
  stage.say(`Slack is a simulator, ${slack.url},\nand so is OneFlex, ${worldline.url}.\n`);
  return [
    ...(await tellOfSlack(stage, slack)),
    ...(await tellOfOneflex(stage, worldline, bot)),
    searchForSecrets(stage, bot, [...slack.secrets(), ...worldline.secrets(), stage.masterKey]),
    {
      claim: ['Every command ended with the exit code that belongs to it', ...stage.surprises].join('\n  '),
      holds: stage.surprises.length === 0,
    },
  ];
}

/** Names are no secrets: that they are found shows that the search would find a token. */
function searchForSecrets(
  { home, outputs }: Stage,
  { dir, envFile }: Bot,
  secrets: readonly string[],
): Verdict {
  const files = [home, dir]
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path !== envFile && path !== `${envFile}.bak`)
    .map((path) => readFileSync(path));
  const places = [...files, ...outputs.map((output) => Buffer.from(output))];
  const isAnywhere = (text: string): boolean => places.some((bytes) => bytes.includes(text));
  return {
    claim:
      `None of ${secrets.length} secrets is in plain text in the ${files.length} files of Jeton and the bot,\n` +
      `  but for config/.env and its backup, nor in what ${outputs.length} commands printed\n` +
      `  (the same search finds the apps' names)`,
    holds:
      isAnywhere('Expiring') &&
      files.some((bytes) => bytes.includes('Expiring')) &&
      !secrets.some(isAnywhere),
  };
}

async function main(): Promise<number> {
  const startedAt = performance.now();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const slack = await startSlackSimulator();
  const worldline = await startWorldlineSimulator({ host: 'localhost' });
  const stage = new Stage({ JETON_SLACK_API_URL: slack.url, JETON_ONEFLEX_URL: worldline.url }, stop.signal);
  const bot = new Bot(stage);
  try {
    const verdicts = await tell(stage, bot, slack, worldline);
    const allHold = verdicts.every(({ holds }) => holds);
    stage.say(`\nRead back from Jeton, and compared with the simulators:`);
    for (const { holds, claim } of verdicts) {
      stage.say(`${holds ? colour('green', '✓') : colour('red', '✗')} ${claim}`);
    }
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    stage.say(colour('bold', `\n${allHold ? 'All of it is true' : 'Not all of it is true'} (${seconds} s).`));
    return allHold ? 0 : 1;
  } catch (thrown) {
    if (!stop.signal.aborted) throw thrown;
    stage.say('Stopped; the folder is removed.');
    return 130;
  } finally {
    await Promise.all([slack.stop(), worldline.stop(), bot.dispose()]);
    stage.dispose();
  }
}

process.exitCode = await main();
