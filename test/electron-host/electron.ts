/** The module that the application's `import … from 'electron'` resolves to. What is not here is not there. */
import { app } from './stand-in/app.ts';
import { BaseWindow } from './stand-in/base-window.ts';
import { BrowserWindow } from './stand-in/browser-window.ts';
import { handle } from './stand-in/control.ts';
import { absent } from './stand-in/facade.ts';
import './stand-in/hostile-ipc.ts';
import { ipcMain } from './stand-in/ipc-main.ts';
import { Menu, MenuItem } from './stand-in/menu.ts';
import { nativeImage } from './stand-in/native-image.ts';
import { Notification } from './stand-in/notification.ts';
import { partitionOf, session } from './stand-in/session.ts';
import { shell } from './stand-in/shell.ts';
import { clipboard, dialog, nativeTheme, net, powerMonitor, screen } from './stand-in/surroundings.ts';
import { Tray } from './stand-in/tray.ts';
import { webContents } from './stand-in/web-contents.ts';

const protocol = partitionOf('').facade.protocol;

handle('cookies.get', async ({ partition }) =>
  (await partitionOf(partition).facade.cookies.get({})).map(({ name, value, domain = '' }) => ({
    name,
    value,
    domain,
  })),
);

export const autoUpdater = absent('autoUpdater');
export const contentTracing = absent('contentTracing');
export const crashReporter = absent('crashReporter');
export const desktopCapturer = absent('desktopCapturer');
export const globalShortcut = absent('globalShortcut');
export const MessageChannelMain = absent('MessageChannelMain');
export const powerSaveBlocker = absent('powerSaveBlocker');
export const safeStorage = absent('safeStorage');
export const systemPreferences = absent('systemPreferences');
export const utilityProcess = absent('utilityProcess');
export const View = absent('View');
export const WebContentsView = absent('WebContentsView');

export {
  app,
  BaseWindow,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  Tray,
  webContents,
};

export default {
  app,
  BaseWindow,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  Tray,
  webContents,
};
