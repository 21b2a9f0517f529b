/**
 * What windows may not do, whatever is in them: https://www.electronjs.org/docs/latest/tutorial/security. The few links
 * that lead out of Jeton are here as well.
 */
import { app, shell, type Session, type WebContents } from 'electron';
import { isOwnAddress } from './origin.ts';
import type { Place } from './sign-in-hosts.ts';

/** Where a window may go. */
export interface NavigationPolicy {
  allows(address: string, place: Place): boolean;
  /** It was kept from going there. */
  onBlocked(address: string, place: Place): void;
}

const MAIN_WINDOW: NavigationPolicy = { allows: isOwnAddress, onBlocked: () => undefined };

const LINKS = {
  'slack-apps': 'https://api.slack.com/apps',
  'get-docker': 'https://docs.docker.com/get-started/get-docker/',
} as const;

/** In the person's browser. Nothing but these ever leaves by this way. */
export async function openLink(link: keyof typeof LINKS): Promise<void> {
  await shell.openExternal(LINKS[link]);
}

export interface GuardRequest {
  /** Whose contents have rules of their own, beside those for all. */
  readonly signInSession: Session;
  /** Whether a host may be shown who this machine is. */
  readonly mayIdentify: (contents: WebContents | null, address: string) => boolean;
}

/** Holds for every window that is made from now on. */
export function guardApplication({ signInSession, mayIdentify }: GuardRequest): void {
  app.on('web-contents-created', (_, contents) => {
    contents.on('will-attach-webview', (event) => event.preventDefault());
    // There is one handler of this kind, and a sign-in has its own.
    if (contents.session === signInSession) return;
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    guardNavigation(contents, MAIN_WINDOW);
  });
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, accept) => {
    event.preventDefault();
    accept(false);
  });
  // Electron would take the first of several, for any server that asks.
  app.on('select-client-certificate', (event, contents, url, certificates, choose) => {
    event.preventDefault();
    const [only, ...others] = certificates;
    choose(others.length === 0 && mayIdentify(contents, url) ? only : undefined);
  });
}

/** Without handlers everything would be granted: https://www.electronjs.org/docs/latest/api/session. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
}

/**
 * All three, for none sees everything: `will-navigate` neither frames nor redirects. The next is not emitted once one of
 * them was prevented: https://www.electronjs.org/docs/latest/api/web-contents#navigation-events.
 */
export function guardNavigation(contents: WebContents, policy: NavigationPolicy): void {
  const judge = (event: {
    preventDefault(): void;
    readonly url: string;
    readonly isMainFrame: boolean;
  }): void => {
    const place = event.isMainFrame ? 'window' : 'frame';
    if (policy.allows(event.url, place)) return;
    event.preventDefault();
    policy.onBlocked(event.url, place);
  };
  contents.on('will-frame-navigate', judge);
  contents.on('will-navigate', judge);
  contents.on('will-redirect', judge);
}
