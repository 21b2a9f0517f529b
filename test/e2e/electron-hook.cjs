/**
 * Loaded by real Electron before the application (`-r`): notes tray, notifications, dialogs and what is opened, none of
 * which can be seen from outside. It changes methods of Electron's own objects, which the application gets as well.
 */
const path = require('node:path');
const { app, BrowserWindow, dialog, Notification, shell, Tray } = require('electron');

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
after(Tray.prototype, 'setToolTip', (object, [tooltip]) => noteTray(object, { tooltip }));
after(Tray.prototype, 'setContextMenu', (object, [menu]) => noteTray(object, { menu }));
after(Tray.prototype, 'setImage', (object, [image]) =>
  noteTray(object, { icon: typeof image === 'string' ? path.basename(image) : undefined }),
);
after(Tray.prototype, 'destroy', (object) => {
  trays.delete(object);
  if (tray === object) tray = undefined;
});

// A notification that a runner's desktop does not show is as good as one that it does.
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
      const asked = { resolve: (path) => resolve(make(path)) };
      const next = answers[kind].findIndex((each) => 'path' in each);
      if (next < 0) answers[kind].push(asked);
      else asked.resolve(answers[kind].splice(next, 1)[0].path);
    });
}
dialog.showOpenDialog = ask('open', (path) => ({
  canceled: path === undefined,
  filePaths: path === undefined ? [] : [path],
}));
dialog.showSaveDialog = ask('save', (path) => ({ canceled: path === undefined, filePath: path ?? '' }));

const questions = [];
dialog.showMessageBox = (...args) =>
  new Promise((resolve) => {
    const { message = '', detail = '', buttons = [] } = args.at(-1);
    questions.push({ message, detail, buttons, resolve });
    changed();
  });

app.on('browser-window-created', (_, window) => {
  changed();
  for (const event of ['show', 'hide', 'minimize', 'restore', 'closed', 'page-title-updated'])
    window.on(event, changed);
  for (const event of ['did-navigate', 'did-navigate-in-page']) window.webContents.on(event, changed);
});

function itemsOf(menu) {
  return menu.items.map((item) => ({
    label: item.label,
    type: item.type,
    enabled: item.enabled,
    visible: item.visible,
    checked: item.checked,
    submenu: item.submenu ? itemsOf(item.submenu) : [],
  }));
}

globalThis.jetonDriver = {
  see() {
    const noted = tray && trays.get(tray);
    return {
      revision,
      tray: noted && {
        icon: noted.icon,
        tooltip: noted.tooltip ?? '',
        menu: noted.menu ? itemsOf(noted.menu) : undefined,
      },
      windows: BrowserWindow.getAllWindows().map((window) => ({
        id: window.id,
        title: window.getTitle(),
        url: window.webContents.getURL(),
        visibility: window.isMinimized() ? 'minimized' : window.isVisible() ? 'shown' : 'hidden',
      })),
      notifications: notifications.map(({ title, body }, id) => ({ id, title, body })),
      opened,
      questions: questions.map(({ message, detail, buttons }) => ({ message, detail, buttons })),
    };
  },
  changedSince(seen) {
    return seen === revision ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve();
  },
  choose(path) {
    let menu = tray && trays.get(tray).menu;
    let item;
    for (const label of path) {
      item = menu?.items.find((each) => each.visible && each.label === label);
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
  answer(kind, path) {
    const asked = answers[kind].findIndex((each) => 'resolve' in each);
    if (asked < 0) answers[kind].push({ path });
    else answers[kind].splice(asked, 1)[0].resolve(path);
  },
};
