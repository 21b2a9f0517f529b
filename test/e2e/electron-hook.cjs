/**
 * Loaded by real Electron before the application (`-r`): notes tray, notifications, dialogs and what is opened, none of
 * which can be seen from outside. It changes methods of Electron's own objects, which the application gets as well.
 */
const { registerHooks } = require('node:module');
const { pathToFileURL } = require('node:url');
const { app, BrowserWindow, dialog, Menu, Notification, powerMonitor, shell, Tray } = require('electron');

let revision = 0;
let waiting = [];
let tray;
const notifications = [];
const opened = [];
const answers = { open: [], save: [] };

function changed() {
  revision += 1;
  for (const resolve of waiting.splice(0)) resolve();
}

/** Calls `note` with the object and the arguments, after what was there. */
function after(owner, method, note) {
  const original = owner[method];
  owner[method] = function (...args) {
    const result = original.apply(this, args);
    note(this, args);
    changed();
    return result;
  };
}

const trays = new Map();
function noteTray(object, change) {
  tray = object;
  trays.set(object, { ...trays.get(object), ...change });
}

/**
 * The first icon is the constructor's alone. Electron's exports cannot be set, and what `import` gets of them is fixed by
 * now, for what loads this has imported them: https://github.com/electron/electron/blob/main/default_app/main.ts. So the
 * application's `import` is led to a module with another constructor.
 */
function inPlaceOf(Class, note) {
  return new Proxy(Class, {
    construct(target, args) {
      // Not a class of its own: Electron's cannot be extended.
      const made = Reflect.construct(target, args);
      note(made, args);
      changed();
      return made;
    },
  });
}
const NoticedTray = inPlaceOf(Tray, (object, [image]) => noteTray(object, { icon: pathOf(image) }));
const HOOKED = new URL('hooked-electron.mjs', pathToFileURL(__filename)).href;
registerHooks({
  resolve(specifier, context, next) {
    const isImported = specifier === 'electron' && context.conditions.includes('import');
    if (isImported && context.parentURL !== HOOKED) return { url: HOOKED, shortCircuit: true };
    return next(specifier, context);
  },
});

function pathOf(image) {
  return typeof image === 'string' ? image : undefined;
}

after(Tray.prototype, 'setToolTip', (object, [tooltip]) => noteTray(object, { tooltip }));
after(Tray.prototype, 'setContextMenu', (object, [menu]) => noteTray(object, { menu }));
after(Tray.prototype, 'setImage', (object, [image]) => noteTray(object, { icon: pathOf(image) }));
// A menu that is not set is popped up at a click, as on macOS. Nobody is there to close it.
let poppedUp;
Tray.prototype.popUpContextMenu = function (menu = trays.get(this)?.menu) {
  poppedUp = menu;
};
// One that will be popped up is a change as soon as it is made.
after(Menu, 'buildFromTemplate', () => undefined);
after(Tray.prototype, 'destroy', (object) => {
  trays.delete(object);
  if (tray === object) tray = undefined;
});

// As on the stand-in, whatever machine this is: its dates, its screen, and what it starts at login are left out of it.
const { ELECTRON_HOOK_LOCALE: locale } = process.env;
if (locale) app.getSystemLocale = () => locale;
powerMonitor.getSystemIdleState = () => 'active';
let loginItem = { openAtLogin: false, executableWillLaunchAtLogin: false, wasOpenedAtLogin: false };
app.getLoginItemSettings = () => ({ ...loginItem, launchItems: [] });
app.setLoginItemSettings = ({ openAtLogin }) => {
  loginItem = { ...loginItem, openAtLogin, executableWillLaunchAtLogin: openAtLogin };
};

// The driver's switch, not the person's. Electron takes it away itself as soon as the application calls enableSandbox.
if (process.env.ELECTRON_HOOK_IS_ROOT) app.commandLine.removeSwitch('no-sandbox');

// A notification that a runner's desktop does not show is as good as one that it does.
Notification.isSupported = () => true;
Notification.prototype.show = function () {
  if (!notifications.includes(this)) notifications.push(this);
  changed();
};

shell.openExternal = async (url) => {
  opened.push(url);
  changed();
};
shell.openPath = async (path) => {
  opened.push(path);
  changed();
  return '';
};

function ask(kind, make) {
  return () =>
    new Promise((resolve) => {
      const asked = { resolve: (answer) => resolve(make(answer)) };
      const next = answers[kind].findIndex((each) => 'answer' in each);
      if (next < 0) answers[kind].push(asked);
      else asked.resolve(answers[kind].splice(next, 1)[0].answer);
    });
}
dialog.showOpenDialog = ask('open', (path) => ({
  canceled: path === undefined,
  filePaths: path === undefined ? [] : [path],
}));
dialog.showSaveDialog = ask('save', (path) => ({ canceled: path === undefined, filePath: path ?? '' }));
// It would wait for somebody.
dialog.showErrorBox = (title, content) => console.error(`${title}: ${content}`);

const questions = [];
dialog.showMessageBox = (...args) =>
  new Promise((resolve) => {
    const { type = 'none', message = '', detail = '', buttons = [], cancelId = 0, signal } = args.at(-1);
    questions.push({ type, message, detail, buttons, escape: buttons[cancelId], resolve });
    signal?.addEventListener('abort', () => resolve({ response: cancelId, checkboxChecked: false }));
    changed();
  });

app.on('browser-window-created', (_, window) => {
  changed();
  for (const event of ['show', 'hide', 'minimize', 'restore', 'closed', 'page-title-updated'])
    window.on(event, changed);
  for (const event of ['did-navigate', 'did-navigate-in-page']) window.webContents.on(event, changed);
});

/** What a person gets to see who clicks on the icon with the other button. */
function trayMenu() {
  const { menu } = trays.get(tray);
  if (menu) return menu;
  poppedUp = undefined;
  tray.emit('right-click', {}, tray.getBounds());
  return poppedUp;
}

/** As a person reads it: a letter after `&` is only marked, and `&&` is one. */
function labelOf({ label }) {
  return label.replaceAll(/&(.)/g, '$1');
}

function itemsOf(menu) {
  return menu.items.map((item) => ({
    label: labelOf(item),
    type: item.type,
    enabled: item.enabled,
    visible: item.visible,
    checked: item.checked,
    submenu: item.submenu ? itemsOf(item.submenu) : [],
  }));
}

globalThis.jetonDriver = {
  Tray: NoticedTray,
  see() {
    const noted = tray && trays.get(tray);
    const menu = tray && trayMenu();
    return {
      revision,
      tray: noted && {
        icon: noted.icon,
        tooltip: noted.tooltip ?? '',
        menu: menu && itemsOf(menu),
      },
      windows: BrowserWindow.getAllWindows().map((window) => ({
        id: window.id,
        title: window.getTitle(),
        url: window.webContents.getURL(),
        visibility: window.isMinimized() ? 'minimized' : window.isVisible() ? 'shown' : 'hidden',
      })),
      notifications: notifications.map(({ title, body }, id) => ({ id, title, body })),
      opened,
      questions: questions.map(({ type, message, detail, buttons, escape }) => ({
        type,
        message,
        detail,
        buttons,
        escape,
      })),
    };
  },
  changedSince(seen) {
    return seen === revision ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve();
  },
  choose(path) {
    let menu = tray && trayMenu();
    let item;
    for (const label of path) {
      item = menu?.items.find((each) => each.visible && labelOf(each) === label);
      if (item === undefined) throw new Error(`no '${label}' in the menu`);
      if (!item.enabled) throw new Error(`'${label}' is greyed out`);
      menu = item.submenu;
    }
    if (item?.role === 'quit') app.quit();
    else item?.click();
  },
  clickTray() {
    if (tray === undefined) throw new Error('there is no tray icon');
    tray.emit('click', {}, tray.getBounds(), { x: 0, y: 0 });
  },
  clickNotification(id) {
    notifications[id].emit('click', {});
  },
  answerQuestion(button) {
    const { buttons, resolve } = questions.at(-1);
    resolve({ response: buttons.indexOf(button), checkboxChecked: false });
  },
  answer(kind, answer) {
    const asked = answers[kind].findIndex((each) => 'resolve' in each);
    if (asked < 0) answers[kind].push({ answer });
    else answers[kind].splice(asked, 1)[0].resolve(answer);
  },
};
