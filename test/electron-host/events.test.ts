/** Names of events are Electron's own: by types for the stand-in, when listened to for the application. */
import type Electron from 'electron';
import { expect, test } from 'vitest';
import { emitterOf } from './stand-in/events.ts';
import { emittingFacade } from './stand-in/facade.ts';

test('a name that Electron has not does not compile, and one that is not there cannot be listened to', () => {
  const emitter = emitterOf<Electron.Tray>();
  const tray = emittingFacade('tray', emitter, ['click', 'right-click'], {});
  // Each of these is an error of tsc's; without one, tsc refuses the comment.
  // @ts-expect-error -- Tray has no such event
  emitter.emit('clicked');
  // @ts-expect-error -- an event of BrowserWindow
  expect(() => emitter.once('maximize', () => undefined)).toThrow('not implemented');
  // @ts-expect-error -- a list has to be right as a whole
  emittingFacade('tray', emitterOf<Electron.Tray>(), ['click', 'clicked'], {});

  const heard: unknown[] = [];
  tray.on('click', (what) => heard.push(what));
  emitter.emit('click', 'a person');
  expect(heard).toEqual(['a person']);
  expect(() => tray.on('double-click', () => undefined)).toThrow(
    "not implemented in the stand-in: tray event 'double-click'",
  );
});
