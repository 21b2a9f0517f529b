/**
 * What the pages of a session may do. Electron asks two handlers, each for questions of its own: the check handler what
 * is so (`navigator.permissions.query`), the request handler whether it may be so. Where there is none the answer is
 * yes: https://www.electronjs.org/docs/latest/tutorial/security#5-handle-session-permission-requests-from-remote-content
 */
import type Electron from 'electron';
import type { CookieContext } from './cookies.ts';
import { originOf } from './scheme-origins.ts';

type RequestHandler = Parameters<Electron.Session['setPermissionRequestHandler']>[0];
type CheckHandler = Parameters<Electron.Session['setPermissionCheckHandler']>[0];
type Requested = Parameters<NonNullable<RequestHandler>>[1];
type Checked = Parameters<NonNullable<CheckHandler>>[1];

export interface Asker {
  readonly contents: Electron.WebContents;
  readonly url: string;
  readonly isMainFrame: boolean;
}

/** What Chromium calls what Electron calls so, where they differ: Browser.PermissionDescriptor. */
const CHROMIUM_NAMES: Readonly<Record<string, readonly string[]>> = { media: ['microphone', 'camera'] };

export class Permissions {
  requestHandler: RequestHandler = null;
  checkHandler: CheckHandler = null;
  readonly #context: () => Promise<CookieContext>;

  constructor(context: () => Promise<CookieContext>) {
    this.#context = context;
  }

  isGranted(permission: string, asker: Asker, mediaType?: 'audio' | 'video'): boolean {
    const { contents, url, isMainFrame } = asker;
    if (this.checkHandler === null) return true;
    return this.checkHandler(contents, permission as Checked, `${originOf(url)}/`, {
      requestingUrl: url,
      isMainFrame,
      ...(mediaType === undefined ? {} : { mediaType }),
    });
  }

  async request(permission: string, { contents, url, isMainFrame }: Asker): Promise<boolean> {
    const handler = this.requestHandler;
    const isGranted =
      handler === null ||
      (await new Promise<boolean>((resolve) => {
        handler(contents, permission as Requested, resolve, { requestingUrl: url, isMainFrame });
      }));
    if (isGranted) await this.#grant(permission);
    return isGranted;
  }

  /** Chromium, which nobody is there to click in, would refuse it. */
  async #grant(permission: string): Promise<void> {
    const { devTools, browserContextId } = await this.#context();
    const names = CHROMIUM_NAMES[permission] ?? [permission];
    await Promise.all(
      names.map((name) =>
        // What Chromium has no setting for is not refused either.
        devTools.attempt('Browser.setPermission', {
          permission: { name },
          setting: 'granted',
          browserContextId,
        }),
      ),
    );
  }
}
