import { APP_ORIGIN, isOwnAddress } from './origin.ts';

/** What the page consists of; anything else is not served. */
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
};

export type Lookup =
  | { readonly kind: 'file'; readonly segments: readonly string[]; readonly type: string }
  | { readonly kind: 'refused'; readonly status: 403 | 404 | 405 };

/**
 * Which file under the page's folder a request means. A name is made of letters, digits, `.`, `_` and `-` and begins
 * with none of the dots: what could lead elsewhere, encoded or not, is no name.
 */
export function lookUp(method: string, address: string): Lookup {
  if (method !== 'GET' && method !== 'HEAD') return { kind: 'refused', status: 405 };
  if (!isOwnAddress(address)) return { kind: 'refused', status: 403 };
  const [path = ''] = address.slice(APP_ORIGIN.length + 1).split('#', 1);
  const segments = path.split('/');
  const extension = /\.([a-z0-9]+)$/.exec(path)?.[1] ?? '';
  const type = Object.hasOwn(TYPES, extension) ? TYPES[extension] : undefined;
  const isClean = segments.every((segment) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(segment));
  if (!isClean || type === undefined) return { kind: 'refused', status: 404 };
  return { kind: 'file', segments, type };
}
