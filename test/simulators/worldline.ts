import { randomBytes } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { selfSignedCertificate } from '../support/certificate.ts';
import { handOverPage, page, questionPage, stayPage, type Question } from './worldline-pages.ts';
import { WorldlineTokens, type Account, type IssuedTokens } from './worldline-tokens.ts';

export type { Account } from './worldline-tokens.ts';

/** What may change while the simulator runs: see {@link WorldlineSimulator.configure}. */
interface WorldlineBehaviour {
  /**
   * What an unauthenticated visit to OneFlex shows. `button`: one that asks whether it was meant. `popup`: one
   * that opens a window for the sign-in.
   */
  readonly entry: 'redirect' | 'button' | 'popup';
  /** Who writes the token cookies: OneFlex's server, out of scripts' reach, or a script of its page. */
  readonly tokenCookies: 'http-only' | 'script';
  /** Attributes of the token cookies. */
  readonly secureCookies: boolean;
  readonly refreshTokenCookie: boolean;
  /** Hosts between OneFlex and the identity provider, each one redirect. */
  readonly hops: readonly string[];
  /** The identity provider's page asks its server something five times a second, for ever. */
  readonly restless: boolean;
  readonly accessTokenSeconds: number;
  /** How long the identity provider remembers a sign-in. */
  readonly sessionSeconds: number;
  readonly tokenEndpoint: 'off' | 'access-token' | 'both-tokens';
  /** Of the two requests under /api, milliseconds. */
  readonly latencyMs: number;
  /** OneFlex answers 503 to everything. */
  readonly down: boolean;
}

export interface WorldlineOptions extends Partial<WorldlineBehaviour> {
  /** OneFlex's host name. Browsers resolve whatever ends in .localhost; Node may know `localhost` only. */
  readonly host?: string;
  /** HTTPS with a certificate that nobody trusts. */
  readonly secure?: boolean;
  readonly now?: () => number;
}

type WorldlineEvent =
  | 'visited'
  | 'asked-for-email'
  | 'asked-for-password'
  | 'asked-for-code'
  | 'asked-to-stay'
  | 'wrong-answer'
  | 'session-started'
  | 'session-used'
  | 'tokens-issued'
  | 'tokens-planted'
  | 'account-told'
  | 'account-refused'
  | 'renewed'
  | 'renewal-refused';

interface LedgerEntry {
  /** From 1. */
  readonly number: number;
  readonly at: number;
  readonly event: WorldlineEvent;
  readonly host: string;
  readonly email: string | undefined;
}

export interface WorldlineSimulator {
  /** OneFlex, for `oneflex.url`. */
  readonly url: string;
  readonly hosts: {
    readonly oneflex: string;
    readonly identityProvider: string;
    /** These two set cookies of the same names, with valid tokens of a third account, on whoever passes. */
    readonly lookAlike: string;
    readonly subdomain: string;
  };
  readonly employee: Account;
  readonly colleague: Account;
  /** The certificate, PEM, where it is secure. */
  readonly certificate: string | undefined;
  configure(change: Partial<WorldlineBehaviour>): void;
  /** Tokens without a sign-in. */
  issue(account: Account): IssuedTokens;
  /** Who an access token lets in, at this moment. */
  ownerOf(accessToken: string): Account | undefined;
  /** The identity provider forgets everybody: the next sign-in needs a person. */
  expireSessions(): void;
  /** Tokens issued so far are refused from now on. */
  expireTokens(what: 'access' | 'refresh'): void;
  readonly ledger: readonly LedgerEntry[];
  count(event: WorldlineEvent): number;
  /** The first ledger entry of that kind, past or to come; with `after`, the first behind that number. */
  waitFor(event: WorldlineEvent, after?: number): Promise<LedgerEntry>;
  /** Every token, session, password and one-time code. */
  secrets(): string[];
  stop(): Promise<void>;
}

const QUESTIONS = {
  email: { step: 'email', label: 'E-mail', type: 'email', button: 'Suivant' },
  password: { step: 'password', label: 'Mot de passe', type: 'password', button: 'Se connecter' },
  code: { step: 'code', label: 'Code', type: 'text', button: 'Vérifier' },
} as const satisfies Record<string, Question>;

/** One sign-in on its way through the identity provider's pages. */
interface Flow {
  readonly id: string;
  readonly popup: boolean;
  email: string;
  account: Account | undefined;
}

interface Session {
  readonly account: Account;
  readonly until: number;
}

/** OneFlex and Worldline's single sign-on, as far as a browser and Jeton see them, on one free loopback port. */
export async function startWorldlineSimulator(options: WorldlineOptions = {}): Promise<WorldlineSimulator> {
  const now = options.now ?? Date.now;
  const oneflex = options.host ?? 'oneflex.localhost';
  const hosts = {
    oneflex,
    identityProvider: 'login.localhost',
    lookAlike: `evil-${oneflex}${oneflex.endsWith('.localhost') ? '' : '.localhost'}`,
    subdomain: `bot.${oneflex}`,
  };
  let behaviour: WorldlineBehaviour = {
    entry: 'redirect',
    tokenCookies: 'http-only',
    secureCookies: true,
    refreshTokenCookie: true,
    hops: ['sso.localhost'],
    restless: false,
    accessTokenSeconds: 900,
    sessionSeconds: 5 * 3_600,
    tokenEndpoint: 'access-token',
    latencyMs: 0,
    down: false,
    ...options,
  };
  const tokens = new WorldlineTokens(now);
  const employee = accountOf(1, 'Camille Testeur');
  const colleague = accountOf(2, 'Dominique Essai');
  const stranger = accountOf(3, 'Mallory');
  const accounts = [employee, colleague];
  const flows = new Map<string, Flow>();
  /** What the identity provider hands over, by code. */
  const handedOver = new Map<string, Flow>();
  const sessions = new Map<string, Session>();
  const sessionIds: string[] = [];
  const ledger: LedgerEntry[] = [];
  const waiters = new Set<(entry: LedgerEntry) => void>();
  const stopping = new AbortController();
  const certificate = options.secure === true ? selfSignedCertificate(Object.values(hosts)) : undefined;
  const scheme = certificate === undefined ? 'http' : 'https';

  function note(event: WorldlineEvent, host: string, email?: string): void {
    const entry = { number: ledger.length + 1, at: now(), event, host, email };
    ledger.push(entry);
    for (const notify of waiters) notify(entry);
  }

  // ── OneFlex ─────────────────────────────────────────────────────────────────────────────────────────────

  async function atOneflex(visit: Visit): Promise<Reply> {
    if (behaviour.down) return { status: 503, html: page('Service indisponible', '') };
    switch (visit.route) {
      case 'GET /':
        return atHome(visit);
      case 'GET /login': {
        const flow = { id: randomId(), popup: visit.fields.has('popup'), email: '', account: undefined };
        flows.set(flow.id, flow);
        return toNextHop(flow.id, 0);
      }
      case 'POST /callback':
        return welcome(visit);
      case 'POST /api/gql':
        return tellAccount(visit);
      case 'POST /api/auth/token':
        return renew(visit);
      default:
        return notFound;
    }
  }

  function atHome({ host, cookies }: Visit): Reply {
    const account = tokens.accountOf(cookies.get('access_token') ?? '');
    note('visited', host, account?.email);
    if (account !== undefined) return { html: page(`Bonjour ${account.fullName}`, '') };
    switch (behaviour.entry) {
      case 'redirect':
        return { location: '/login' };
      case 'button':
        return {
          html: page(
            'OneFlex',
            `<a href="/login" role="button" onclick="return confirm('Continuer ?')">Se connecter</a>`,
          ),
        };
      case 'popup':
        return {
          html: page(
            'OneFlex',
            `<button onclick="window.open('/login?popup=1', 'login', 'width=500,height=600')">Se connecter</button>`,
          ),
        };
    }
  }

  function toNextHop(flow: string, passed: number): Reply {
    const next = behaviour.hops[passed];
    return next === undefined
      ? { location: `${originOf(hosts.identityProvider)}/authorize?flow=${flow}` }
      : { location: `${originOf(next)}/hop?flow=${flow}&passed=${passed + 1}` };
  }

  /** The identity provider's answer arrives, and the tokens are set. */
  function welcome({ host, fields }: Visit): Reply {
    const flow = handedOver.get(fields.get('code') ?? '');
    handedOver.delete(fields.get('code') ?? '');
    if (flow?.account === undefined) return { status: 400, html: page('Lien expiré', '') };
    const issued = tokens.issue(flow.account, behaviour.accessTokenSeconds);
    note('tokens-issued', host, flow.account.email);
    const cookies = tokenCookies(issued);
    const onward = flow.popup ? 'opener.location.reload(); close()' : `location.replace('/')`;
    if (behaviour.tokenCookies === 'http-only') {
      return {
        cookies: cookies.map((cookie) => `${cookie}; HttpOnly`),
        html: page('Connexion réussie', '', onward),
      };
    }
    const script = cookies.map((cookie) => `document.cookie = ${JSON.stringify(cookie)};`).join(' ');
    return { html: page('Connexion réussie', '', `${script} ${onward}`) };
  }

  function tokenCookies({ accessToken, refreshToken }: IssuedTokens): string[] {
    const attributes = `; Path=/; SameSite=Lax${behaviour.secureCookies ? '; Secure' : ''}`;
    const access = `access_token=${accessToken}; Max-Age=${behaviour.accessTokenSeconds}${attributes}`;
    return behaviour.refreshTokenCookie ? [access, `refresh_token=${refreshToken}${attributes}`] : [access];
  }

  async function tellAccount({ host, bearer, body }: Visit): Promise<Reply> {
    await delay(behaviour.latencyMs, undefined, { signal: stopping.signal });
    const account = tokens.accountOf(bearer);
    if (account === undefined) {
      note('account-refused', host);
      return { status: 401, json: { message: 'Unauthorized' } };
    }
    const asked = (body['query'] ?? '').replaceAll(/\s+/g, '');
    if (!asked.includes('me(languages:["fr-FR","fr"],defaultTimezone:"Europe/Paris"){idemailfullName}')) {
      return { status: 400, json: { errors: [{ message: 'Syntax Error' }] } };
    }
    note('account-told', host, account.email);
    const { id, email, fullName } = account;
    return { json: { data: { me: { id, email, fullName } } } };
  }

  async function renew({ host, body }: Visit): Promise<Reply> {
    await delay(behaviour.latencyMs, undefined, { signal: stopping.signal });
    const { grant_type: grantType, refresh_token: refreshToken = '' } = body;
    const account = tokens.accountOfRefreshToken(refreshToken);
    if (behaviour.tokenEndpoint === 'off' || grantType !== 'refresh_token' || account === undefined) {
      note('renewal-refused', host);
      return { status: behaviour.tokenEndpoint === 'off' ? 404 : 401, json: { error: 'invalid_grant' } };
    }
    note('renewed', host, account.email);
    if (behaviour.tokenEndpoint === 'access-token') {
      const accessToken = tokens.issueAccessToken(account, behaviour.accessTokenSeconds);
      return { json: { token_type: 'Bearer', access_token: accessToken } };
    }
    tokens.expireRefreshToken(refreshToken);
    const issued = tokens.issue(account, behaviour.accessTokenSeconds);
    return {
      json: { token_type: 'Bearer', access_token: issued.accessToken, refresh_token: issued.refreshToken },
    };
  }

  // ── The identity provider ───────────────────────────────────────────────────────────────────────────────

  function atIdentityProvider(visit: Visit): Reply {
    const flow = flows.get(visit.fields.get('flow') ?? '');
    if (visit.route === 'GET /still-there') return { json: {} };
    if (flow === undefined) return notFound;
    switch (visit.route) {
      case 'GET /authorize':
        return authorize(flow, visit);
      case 'GET /email':
        return ask('email', flow, visit);
      case 'POST /email':
        flow.email = visit.fields.get('answer') ?? '';
        return { location: `/password?flow=${flow.id}` };
      case 'GET /password':
        return ask('password', flow, visit);
      case 'POST /password': {
        const account = accounts.find(({ email }) => email === flow.email);
        if (account === undefined || visit.fields.get('answer') !== account.password) {
          note('wrong-answer', visit.host, flow.email);
          return ask('password', flow, visit, 'Compte ou mot de passe incorrect.');
        }
        flow.account = account;
        return { location: `/code?flow=${flow.id}` };
      }
      case 'GET /code':
        return ask('code', flow, visit);
      case 'POST /code':
        if (flow.account === undefined || visit.fields.get('answer') !== flow.account.code) {
          note('wrong-answer', visit.host, flow.email);
          return ask('code', flow, visit, 'Code incorrect.');
        }
        return { location: `/stay?flow=${flow.id}` };
      case 'GET /stay':
        note('asked-to-stay', visit.host, flow.email);
        return { html: stayPage(flow.id) };
      case 'POST /stay':
        return startSession(flow, visit);
      default:
        return notFound;
    }
  }

  function ask(step: keyof typeof QUESTIONS, flow: Flow, { host }: Visit, complaint = ''): Reply {
    note(`asked-for-${step}`, host, flow.email || undefined);
    const script = behaviour.restless ? `setInterval(() => fetch('/still-there'), 200)` : '';
    return { html: questionPage(QUESTIONS[step], flow.id, complaint, script) };
  }

  /** Kept beyond the browser's end only for those who asked for it, as with Azure AD's own cookies. */
  function startSession(flow: Flow, { host, fields }: Visit): Reply {
    if (flow.account === undefined) return notFound;
    const id = randomId();
    sessions.set(id, { account: flow.account, until: now() + behaviour.sessionSeconds * 1_000 });
    sessionIds.push(id);
    note('session-started', host, flow.email);
    const life = fields.get('answer') === 'yes' ? `; Max-Age=${behaviour.sessionSeconds}` : '';
    return {
      cookies: [`sso_session=${id}; Path=/; HttpOnly; Secure; SameSite=None${life}`],
      location: `/authorize?flow=${flow.id}`,
    };
  }

  function authorize(flow: Flow, { host, cookies }: Visit): Reply {
    const session = sessions.get(cookies.get('sso_session') ?? '');
    if (session === undefined || session.until <= now()) return { location: `/email?flow=${flow.id}` };
    note('session-used', host, session.account.email);
    flows.delete(flow.id);
    flow.account = session.account;
    const code = randomId();
    handedOver.set(code, flow);
    return { html: handOverPage(`${originOf(hosts.oneflex)}/callback`, { code }) };
  }

  // ── Hosts on the way ────────────────────────────────────────────────────────────────────────────────────

  function onTheWay({ host, route, fields }: Visit): Reply {
    if (route !== 'GET /hop') return notFound;
    const onward = toNextHop(fields.get('flow') ?? '', Number(fields.get('passed')));
    if (host !== hosts.lookAlike && host !== hosts.subdomain) return onward;
    note('tokens-planted', host);
    return { ...onward, cookies: tokenCookies(tokens.issue(stranger, 900)) };
  }

  // ── The server ──────────────────────────────────────────────────────────────────────────────────────────

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const visit = await readVisit(request);
    const reply =
      visit.host === hosts.oneflex
        ? await atOneflex(visit)
        : visit.host === hosts.identityProvider
          ? atIdentityProvider(visit)
          : onTheWay(visit);
    response.setHeader('date', new Date(now()).toUTCString());
    send(response, reply);
  }

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch((error: unknown) => {
      response.destroy();
      if (request.complete && !stopping.signal.aborted) throw error;
    });
  };
  const server =
    certificate === undefined ? http.createServer(onRequest) : https.createServer(certificate, onRequest);
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address !== 'string') resolve(address.port);
    });
  });

  function originOf(host: string): string {
    return `${scheme}://${host}:${port}`;
  }

  return {
    url: originOf(oneflex),
    hosts,
    employee,
    colleague,
    certificate: certificate?.cert,
    configure: (change) => void (behaviour = { ...behaviour, ...change }),
    issue: (account) => tokens.issue(account, behaviour.accessTokenSeconds),
    ownerOf: (accessToken) => tokens.accountOf(accessToken),
    expireSessions: () => sessions.clear(),
    expireTokens: (what) => tokens.expire(what),
    ledger,
    count: (event) => ledger.filter((entry) => entry.event === event).length,
    waitFor(event, after = 0) {
      const matches = (entry: LedgerEntry): boolean => entry.event === event && entry.number > after;
      const past = ledger.find(matches);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve) => {
        const notify = (entry: LedgerEntry): void => {
          if (!matches(entry)) return;
          waiters.delete(notify);
          resolve(entry);
        };
        waiters.add(notify);
      });
    },
    secrets: () => [
      ...tokens.secrets(),
      ...sessionIds,
      ...accounts.flatMap(({ password, code }) => [password, code]),
    ],
    async stop() {
      stopping.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Visit {
  /** Without the port. */
  readonly host: string;
  /** `GET /path`. */
  readonly route: string;
  /** Of the query and of a form. */
  readonly fields: URLSearchParams;
  readonly cookies: ReadonlyMap<string, string>;
  readonly bearer: string;
  /** The text fields of a JSON object. */
  readonly body: Readonly<Record<string, string | undefined>>;
}

interface Reply {
  /** 200, or 302 with a location. */
  readonly status?: number;
  readonly location?: string;
  readonly cookies?: readonly string[];
  readonly html?: string;
  readonly json?: unknown;
}

const jsonFields = z.record(z.string(), z.string());

const notFound: Reply = { status: 404, html: page('Page introuvable', '') };

async function readVisit(request: IncomingMessage): Promise<Visit> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const type = request.headers['content-type'] ?? '';
  const form = type.startsWith('application/x-www-form-urlencoded') ? new URLSearchParams(text) : [];
  const cookies = (request.headers.cookie ?? '').split('; ').map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return {
    host: url.hostname,
    route: `${request.method} ${url.pathname}`,
    fields: new URLSearchParams([...url.searchParams, ...form]),
    cookies: new Map(cookies),
    bearer: /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '',
    body: type === 'application/json' ? jsonFields.parse(JSON.parse(text)) : {},
  };
}

function send(response: ServerResponse, { status, location, cookies = [], html, json }: Reply): void {
  response.statusCode = status ?? (location === undefined ? 200 : 302);
  response.setHeader('cache-control', 'no-store');
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  if (location !== undefined) response.setHeader('location', location);
  if (json !== undefined) response.setHeader('content-type', 'application/json');
  else response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(json === undefined ? html : JSON.stringify(json));
}

function accountOf(number: number, fullName: string): Account {
  const email = `${fullName.toLowerCase().replaceAll(' ', '.')}@worldline.test`;
  return {
    id: `user-${number}`,
    email,
    fullName,
    password: `Test-password-${randomId()}`,
    code: `41${number}${randomId(3)}`,
  };
}

function randomId(bytes = 12): string {
  return randomBytes(bytes).toString('hex');
}
