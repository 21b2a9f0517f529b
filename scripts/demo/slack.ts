import { Secret } from '../../src/core/secret.ts';
import { fingerprint } from '../../src/node/fingerprint.ts';
import { openHome } from '../../src/node/open-home.ts';
import { openSettingsFile } from '../../src/node/settings-file.ts';
import type { SlackSimulator } from '../../test/simulators/slack.ts';
import type { Integration, Stage, Verdict } from './stage.ts';

const PERSON_NEEDED = [4];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SHORT_LIFE_MS = 30 * MINUTE_MS;
const FULL_LIFE_MS = 12 * HOUR_MS;
/** Between Slack's answer and our look at the clock. */
const TOLERANCE_MS = MINUTE_MS;

/** The main job, from adding Slack apps to seeing what became of them. */
export async function tellOfSlack(stage: Stage, slack: SlackSimulator): Promise<readonly Verdict[]> {
  const add = async (name: string, lifeMs: number) => {
    slack.setAccessTokenSeconds(lifeMs / 1000);
    const { label, clientId, clientSecret, refreshToken } = slack.issueChain({ client: slack.issueClient() });
    await stage.show(`slack add --name ${name} --client-id ${clientId}`, {
      env: { JETON_SLACK_CLIENT_SECRET: clientSecret, JETON_SLACK_REFRESH_TOKEN: refreshToken },
    });
    const { refreshToken: current } = slack.chain(label);
    return { label, current, expiresAt: Date.now() + lifeMs };
  };

  stage.say('Three Slack apps. A terminal is asked for their secrets; here they are in the');
  stage.say('environment. The tokens of the last two are made to live for half an hour.');
  const fresh = await add('Fresh', FULL_LIFE_MS);
  const expiring = await add('Expiring', SHORT_LIFE_MS);
  const revoked = await add('Revoked', SHORT_LIFE_MS);

  stage.say('\nJeton will run every 4 hours: what "jeton schedule install" would note here.');
  await stage.show('config set schedule.everyMinutes 240');

  stage.say('\nSomebody revokes the third app in Slack. A dry run asks nobody: it cannot know.');
  slack.revoke(revoked.label);
  await stage.show('slack refresh --dry-run');

  stage.say('\nThe main job: renew what would not live until the next run, and nothing else.');
  slack.setAccessTokenSeconds(FULL_LIFE_MS / 1000);
  await stage.show('slack refresh', { exits: PERSON_NEEDED });

  stage.say('\nIs everything fresh, and if not, what is there to do?');
  await stage.show('status', { exits: PERSON_NEEDED });

  const { integrations } = await stage.status();
  const named = (name: string): Integration | undefined => integrations.find((one) => one.name === name);
  const until = named('Revoked')?.worksUntil ?? undefined;
  return [
    {
      claim: 'Expiring was renewed: Jeton holds the newest tokens that Slack issued for it',
      holds:
        slack.chain(expiring.label).rotations === 2 &&
        named('Expiring')?.state === 'fresh' &&
        isNear(named('Expiring')?.worksUntil, Date.now() + FULL_LIFE_MS) &&
        (await holdsNewest(stage, slack, 'Expiring', expiring.label)),
    },
    {
      claim: 'Fresh was left alone: its tokens are those that it was added with',
      holds:
        slack.chain(fresh.label).rotations === 1 &&
        slack.chain(fresh.label).refreshToken === fresh.current &&
        named('Fresh')?.state === 'fresh' &&
        (await holdsNewest(stage, slack, 'Fresh', fresh.label)),
    },
    {
      claim: `Revoked needs a person, works until ${until === undefined ? 'never' : clock(until)}, and says what to do`,
      holds:
        named('Revoked')?.state === 'needs-reinstall' &&
        isNear(until, revoked.expiresAt) &&
        (named('Revoked')?.lastError?.remedy ?? '') !== '',
    },
    {
      claim: `No refresh token was sent twice, in ${slack.ledger.length} requests`,
      holds: slack.resends().size === 0,
    },
  ];
}

/** The chain's name is the hash of its refresh token: what is compared is what would be sent next. */
async function holdsNewest(
  { home, env }: Stage,
  slack: SlackSimulator,
  name: string,
  label: string,
): Promise<boolean> {
  const { refreshToken, accessTokens } = slack.chain(label);
  if (refreshToken === undefined) return false;
  const open = openHome({ home, env, settings: openSettingsFile(home, env).read() });
  try {
    const row = (await open.local.list()).find((candidate) => candidate.name === name);
    if (row === undefined) return false;
    const accessToken = await open.local.accessToken(row.id);
    return (
      row.chain === fingerprint(new Secret(refreshToken)) && accessToken?.reveal() === accessTokens.at(-1)
    );
  } finally {
    await open.dispose();
  }
}

function isNear(moment: number | null | undefined, expected: number): boolean {
  return moment !== undefined && moment !== null && Math.abs(moment - expected) < TOLERANCE_MS;
}

function clock(moment: number): string {
  return new Date(moment).toTimeString().slice(0, 5);
}
