/**
 * Opens the home, says `ready`, waits for a line, then alerts as every run of Jeton does, and says `done`. With
 * `dies-before-sending` it ends itself with SIGKILL once it has claimed an alert.
 */
import { once } from 'node:events';
import { settingsSchema } from '../../../src/core/settings.ts';
import { openEngine, openHome } from '../../../src/node/open-home.ts';
import { silent } from '../engine-world.ts';

const [home = '', fate] = process.argv.slice(2);
const opened = openHome({ home, env: process.env, settings: settingsSchema.parse({}) });
const jeton = openEngine(opened, {
  log: silent,
  version: '0.0.0',
  claims: true,
  alertWords: (alert) => {
    if (fate === 'dies-before-sending') process.kill(process.pid, 'SIGKILL');
    return { title: alert.kind, description: 'subject' in alert ? alert.subject : '' };
  },
});
console.log('ready');
await once(process.stdin, 'data');
await jeton.engine.sendAlerts();
console.log('done');
process.stdin.destroy();
await jeton.dispose();
await opened.dispose();
