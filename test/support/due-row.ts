import type { IntegrationId } from '../../src/core/integration.ts';
import { Secret } from '../../src/core/secret.ts';
import type { OpenHome } from '../../src/node/open-home.ts';
import type { SlackSimulator } from '../simulators/slack.ts';

/** A row that is due: Slack issued its tokens, and nobody has renewed them. `label`: its chain's, in Slack's ledger. */
export async function addDueRow(
  { local }: Pick<OpenHome, 'local'>,
  slack: SlackSimulator,
  name = 'Ops',
): Promise<{ readonly id: IntegrationId; readonly label: string }> {
  const { clientId, clientSecret, refreshToken, label } = slack.issueChain();
  const id = await local.add({
    name,
    credentials: {
      clientId,
      clientSecret: new Secret(clientSecret),
      refreshToken: new Secret(refreshToken),
      accessToken: undefined,
    },
    expiresAt: undefined,
  });
  return { id, label };
}
