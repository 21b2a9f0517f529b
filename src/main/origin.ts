/** The page of the main window: where it is, and how to tell it from any other. */

export const APP_SCHEME = 'app';
const APP_HOST = 'jeton';
/** As Electron writes the origin of a frame. */
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;
export const APP_PAGE = `${APP_ORIGIN}/index.html`;

/** True for an address under {@link APP_ORIGIN} and nothing that looks like one. */
export function isOwnAddress(address: string): boolean {
  const url = URL.parse(address);
  return (
    url?.protocol === `${APP_SCHEME}:` &&
    url.host === APP_HOST &&
    url.username === '' &&
    url.password === '' &&
    address.startsWith(`${APP_ORIGIN}/`)
  );
}
