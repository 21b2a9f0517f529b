/**
 * Chromium takes only the schemes that it was compiled or started with. A host of a scheme that is handled by
 * `protocol.handle` therefore lives at an https origin under `.invalid`, which no name server knows (RFC 6761); every
 * address that the main process sees is translated back.
 */
const SUFFIX = '.electron-host.invalid';

const schemes = new Set<string>();

export function registerScheme(scheme: string): void {
  schemes.add(scheme);
}

export function isCustomScheme(url: string): boolean {
  return schemes.has(url.slice(0, url.indexOf(':')));
}

/** `app://jeton/a` → `https://jeton.app.electron-host.invalid/a`; any other address stays. */
export function toChromium(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(url);
  if (match === null || !schemes.has(match[1]!.toLowerCase())) return url;
  const rest = match[3]!.startsWith('/') ? match[3]! : `/${match[3]!}`;
  return `https://${match[2]!}.${match[1]!.toLowerCase()}${SUFFIX}${rest}`;
}

export function toElectron(url: string): string {
  const match = /^https:\/\/([^/?#]*)\.([a-z][a-z0-9+-]*)\.electron-host\.invalid(?=[/?#]|$)(.*)$/is.exec(
    url,
  );
  return match === null ? url : `${match[2]!}://${match[1]!}${match[3]!}`;
}

/** Every address inside a header's value, such as of a Content-Security-Policy. */
export function headerToChromium(value: string): string {
  let text = value;
  for (const scheme of schemes)
    text = text.replace(
      new RegExp(`\\b${scheme}://([^\\s/;,]+)`, 'g'),
      (_, host: string) => `https://${host}.${scheme}${SUFFIX}`,
    );
  return text;
}

export function headerToElectron(value: string): string {
  return value.replace(/https:\/\/[^\s/?#;,]+\.electron-host\.invalid/g, toElectron);
}

export function originOf(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(url);
  if (match !== null && schemes.has(match[1]!.toLowerCase())) return `${match[1]!}://${match[2]!}`;
  return URL.canParse(url) ? new URL(url).origin : 'null';
}
