/**
 * Where the sign-in window may go. A sign-in crosses hosts of several owners; all others are kept out, so that what
 * looks like a sign-in, in a window that has no address bar, is one.
 */

/**
 * Pages and frames of a sign-in at Microsoft Entra ID (Azure AD): the sign-in itself with its device and certificate
 * endpoints, personal accounts and passkeys, the set-up of a second factor, a forgotten password, seamless sign-on.
 * learn.microsoft.com/azure/azure-portal/azure-portal-safelist-urls and …/entra/identity/hybrid/connect/how-to-connect-sso.
 * Scripts and pictures come from more hosts; those are no navigation.
 */
const MICROSOFT = [
  'login.microsoftonline.com',
  '*.login.microsoftonline.com',
  'login.microsoft.com',
  '*.login.microsoft.com',
  'login.windows.net',
  'login.live.com',
  'account.live.com',
  'account.activedirectory.windowsazure.com',
  'mysignins.microsoft.com',
  'passwordreset.microsoftonline.com',
  'autologon.microsoftazuread-sso.com',
  '*.msauth.net',
  '*.msftauth.net',
];

/** OneFlex is Worldline's, and its sign-in goes through Worldline's own. */
const WORLDLINE = ['worldline.com', '*.worldline.com', '*.myworldline.com'];

/** Where an address would be shown: a frame of a page has one more that is harmless. */
export type Place = 'window' | 'frame';

/** https only, on the usual port; plain http and other ports only for OneFlex on this machine. */
export class SignInHosts {
  readonly #patterns: ReadonlySet<string>;
  readonly #suffixes: readonly string[];
  readonly #isLoopback: boolean;

  /** `added`: as `oneflex.signInHosts` has them, `host`, `host:port` or `*.host`, with commas between. */
  constructor(baseUrl: string, added: string) {
    const base = new URL(baseUrl);
    const own = added
      .split(',')
      .map((entry) => entry.trim().toLowerCase())
      .filter((entry) => entry !== '');
    const patterns = [base.host, ...WORLDLINE, ...MICROSOFT, ...own];
    this.#patterns = new Set(patterns.filter((pattern) => !pattern.startsWith('*.')));
    this.#suffixes = patterns.flatMap((pattern) => (pattern.startsWith('*.') ? [pattern.slice(1)] : []));
    this.#isLoopback = base.protocol === 'http:';
  }

  allows(address: string, place: Place): boolean {
    // Empty pages of their opener's: whatever is put in them comes from a page that is allowed.
    if (address === 'about:blank' || (place === 'frame' && address === 'about:srcdoc')) return true;
    const url = URL.parse(address);
    if (url === null || url.username !== '' || url.password !== '') return false;
    const isPlain = url.protocol === 'http:' && this.#isLoopback && isLoopback(url.hostname);
    if (url.protocol !== 'https:' && !isPlain) return false;
    const { host } = url;
    return (
      this.#patterns.has(host) ||
      this.#suffixes.some((suffix) => host.endsWith(suffix) && host.length > suffix.length)
    );
  }
}

/**
 * How an address is named to a person: by its host, whatever it pretends to be, an IDN in its ASCII form; by its scheme
 * where that is no page of a host.
 */
export function hostNameOf(address: string): string {
  const url = URL.parse(address);
  if (url === null) return '?';
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.host : url.protocol;
}

function isLoopback(hostname: string): boolean {
  return /^(?:(?:[\w-]+\.)*localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
