/** What the application may do with a page: the members and events of Electron's `WebContents`. */
import type Electron from 'electron';
import { emittingFacade } from './facade.ts';
import { makeFrame } from './frames.ts';
import type { OpenHandler } from './pop-ups.ts';
import type { Contents } from './web-contents.ts';

/** Electron has a main frame from the start, Chromium later. */
function frameBefore(): Electron.WebFrameMain {
  return makeFrame({ node: () => undefined, children: () => [], sendTo: () => undefined }, 'none', {}).facade;
}

export function webContentsFacade(contents: Contents, closeWindow: () => void): Electron.WebContents {
  const { id, partition, emitter } = contents;
  const members = {
    id,
    get mainFrame(): Electron.WebFrameMain {
      return contents.frames.main?.facade ?? frameBefore();
    },
    session: partition.facade,
    getURL: () => contents.mainFrameUrl.replace(/^about:blank$/, ''),
    getTitle: () => contents.title,
    getType: () => 'window',
    isDestroyed: () => contents.isDestroyed,
    isLoading: () => contents.isLoading,
    isLoadingMainFrame: () => contents.isLoading,
    isCrashed: () => false,
    isFocused: () => true,
    focus: () => undefined,
    close: () => closeWindow(),
    loadURL: (url: string) => contents.load(url),
    loadFile: (path: string) => contents.load(`file://${path}`),
    reload: () => void contents.reload(),
    stop: () => void contents.attempt('Page.stopLoading'),
    send: (channel: string, ...args: unknown[]) => contents.send(channel, args),
    setWindowOpenHandler: (handler: OpenHandler) => contents.useOpenHandler(handler),
    setBackgroundThrottling: () => undefined,
    setVisualZoomLevelLimits: () => Promise.resolve(),
    setUserAgent: (userAgent: string) => contents.useUserAgent(userAgent),
    getUserAgent: () => contents.userAgent ?? partition.facade.getUserAgent(),
    setWebRTCIPHandlingPolicy: () => undefined,
    setAudioMuted: () => undefined,
    executeJavaScript: (code: string) => contents.evaluate(code),
  } satisfies Partial<Electron.WebContents>;
  return emittingFacade(
    'webContents',
    emitter,
    [
      'will-navigate',
      'will-frame-navigate',
      'will-redirect',
      'did-start-navigation',
      'did-redirect-navigation',
      'did-navigate',
      'did-frame-navigate',
      'did-navigate-in-page',
      'did-start-loading',
      'did-stop-loading',
      'did-finish-load',
      'did-frame-finish-load',
      'did-fail-load',
      'did-fail-provisional-load',
      'dom-ready',
      'page-title-updated',
      'did-create-window',
      'render-process-gone',
      'unresponsive',
      'responsive',
      'destroyed',
      'preload-error',
      'certificate-error',
      'will-prevent-unload',
      'will-attach-webview',
      'did-attach-webview',
      'focus',
      'blur',
      'console-message',
      'context-menu',
      'before-input-event',
    ],
    members,
  ) as unknown as Electron.WebContents;
}
