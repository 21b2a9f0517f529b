import { expect } from 'vitest';
import type { Page } from 'playwright-core';

/** Sends it in each form that takes a secret; nothing of it comes back, whatever becomes of them. */
export async function expectNoneBack(page: Page, secret: string): Promise<void> {
  const replies: unknown = await page.evaluate(`Promise.all([
    jeton.addSlack({ name: 'Team', clientId: '1.2', clientSecret: '${secret}-secret', refreshToken: '${secret}' }),
    jeton.pasteTokens({ accessToken: '${secret}', refreshToken: '${secret}' }),
    jeton.tryDatabase({ url: 'postgres://someone:${secret}@127.0.0.1:9/x' }),
    jeton.setWebhook({ url: 'http://127.0.0.1:9/${secret}', test: true }),
    jeton.unlockVault({ recoveryKey: '${secret}' }),
  ])`);
  expect(replies).toHaveLength(5);
  expect(JSON.stringify(replies)).not.toContain(secret);
}
