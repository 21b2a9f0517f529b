/**
 * The names of everything that crosses between the window and the main process. Apart from the contract, so that a
 * sandboxed preload script carries no schemas.
 */

/** What the window asks for; each is answered once. */
export const CALLS = [
  'getState',
  'retry',
  'examineStore',
  'restoreStore',
  'setStoreAside',
  // Slack
  'refresh',
  'cancelRefresh',
  'addSlack',
  'updateSlack',
  'removeIntegration',
  'pauseIntegration',
  'resumeIntegration',
  'exchange',
  'backfill',
  // OneFlex
  'signIn',
  'cancelSignIn',
  'pasteTokens',
  'renewOneflex',
  'verifyOneflex',
  'forgetOneflex',
  // the application's database
  'tryDatabase',
  'connectDatabase',
  'disconnectDatabase',
  // bots
  'listTargets',
  'saveTarget',
  'removeTarget',
  'checkTarget',
  'exportTargets',
  'cancelExport',
  'chooseFolder',
  // alerts
  'getAlerts',
  'setWebhook',
  'testAlert',
  'turnAlertsOff',
  // the vault
  'initVault',
  'unlockVault',
  'exportRecoveryKey',
  // the system's own scheduler
  'getSchedule',
  'installSchedule',
  'removeSchedule',
  // settings, and the application itself
  'listSettings',
  'setSetting',
  'pauseAll',
  'resumeAll',
  'setStartAtLogin',
  // looking into it
  'listActivity',
  'readLogs',
  'followLogs',
  'unfollowLogs',
  'examine',
  'readLicences',
  'copyText',
  'openFolder',
  'openLink',
] as const;

export type Call = (typeof CALLS)[number];

/** What the main process tells the window unasked. */
export const EVENTS = ['stateChanged', 'exportLine', 'logLines', 'viewRequested'] as const;

export type Event = (typeof EVENTS)[number];

/** Electron's channel of a call or an event. */
export function channelOf(name: Call | Event): string {
  return `jeton:${name}`;
}
