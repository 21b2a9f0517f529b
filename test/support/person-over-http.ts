import { request } from 'node:http';
import { z } from 'zod';
import type { Account, WorldlineSimulator } from '../simulators/worldline.ts';

interface Answer {
  readonly location: string | undefined;
  readonly html: string;
}

const tokenCookies = z.object({ access_token: z.string(), refresh_token: z.string() });

/**
 * Somebody who signs in elsewhere, in a browser that Jeton knows nothing of, and reads the tokens there: visits the
 * pages, fills in the forms, keeps each host's cookies.
 */
export async function signInOverHttp(
  worldline: WorldlineSimulator,
  account: Account,
): Promise<{ readonly accessToken: string; readonly refreshToken: string }> {
  const start = new URL('/login', worldline.url);
  const cookies = new Map<string, Map<string, string>>();
  const answers: Readonly<Record<string, string>> = {
    '/email': account.email,
    '/password': account.password,
    '/code': account.code,
    '/stay': 'no',
  };

  async function visit(url: URL, form?: URLSearchParams): Promise<Answer> {
    const own = cookies.get(url.hostname) ?? new Map<string, string>();
    cookies.set(url.hostname, own);
    const sent = [...own].map(([name, value]) => `${name}=${value}`).join('; ');
    return new Promise((resolve, reject) => {
      // By its address: Node does not know names under .localhost everywhere.
      const going = request(
        {
          host: '127.0.0.1',
          port: url.port,
          path: url.pathname + url.search,
          method: form === undefined ? 'GET' : 'POST',
          headers: {
            host: url.host,
            cookie: sent,
            ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
          },
        },
        (response) => {
          for (const cookie of response.headers['set-cookie'] ?? []) {
            const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
            own.set(name, value);
          }
          let html = '';
          response.setEncoding('utf8').on('data', (text: string) => (html += text));
          response.on('end', () => resolve({ location: response.headers.location, html }));
        },
      );
      going.on('error', reject).end(form?.toString());
    });
  }

  let url = start;
  let answer = await visit(url);
  while (!cookies.get(start.hostname)?.has('access_token')) {
    const { location, html } = answer;
    if (location !== undefined) {
      url = new URL(location, url);
      answer = await visit(url);
      continue;
    }
    if (!html.includes('<form')) throw new Error(`nothing to fill in at ${url.pathname}`);
    const hidden = [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)];
    const form = new URLSearchParams();
    for (const [, name = '', value = ''] of hidden) form.set(name, value);
    const own = answers[url.pathname];
    if (own !== undefined) form.set('answer', own);
    url = new URL(/<form[^>]* action="([^"]+)"/.exec(html)?.[1] ?? url.href);
    answer = await visit(url, form);
  }
  const { access_token, refresh_token } = tokenCookies.parse(
    Object.fromEntries(cookies.get(start.hostname) ?? []),
  );
  return { accessToken: access_token, refreshToken: refresh_token };
}
