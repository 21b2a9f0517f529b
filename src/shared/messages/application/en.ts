import type { Override } from './override.ts';

/**
 * What the tray application says in place of what en.ts tells somebody at a command line to type. Its keys are those
 * of en.ts, and test/shared/application-words.test.ts finds what is missing.
 */
export const enInApplication = {
  'column.missing': 'Lacks',
  'remedy.usage': 'Correct it and try again.',
  'remedy.integration-not-found':
    'Somebody may have removed it meanwhile; the list shows those that there are.',
  'remedy.integration-read-only': 'Remove it in the application, or pause it here.',
  'remedy.integration-read-only.update':
    'Install the app again in the application. A missing client id or secret can be filled in here.',
  'remedy.integration-incomplete': 'Fill in what is missing.',
  'remedy.integration-exists': 'Nothing to do.',
  'remedy.not-a-refresh-token':
    'Copy the refresh token of the app’s OAuth page. A long-lived token (xoxb-, xoxp-) in the application’s database can be exchanged: choose Exchange in its row.',
  'remedy.not-an-access-token':
    'Sign in to OneFlex in a browser, open its developer tools (F12), Application (Firefox: Storage), Cookies, and copy the value of access_token. Or let Jeton do it: sign in here.',
  'remedy.already-rotating': 'Nothing to exchange. It can be renewed in its row.',
  'remedy.setting-unknown': 'The settings that there are stand in the list.',
  'remedy.setting-refused': 'Choose another value.',
  'remedy.file-unwritable.EEXIST':
    'Jeton left it as it is: it may be another vault’s recovery key, which nobody could bring back. Choose another name, or move that file away first.',
  'remedy.home-unusable':
    'Make it writable for you, make room, or start Jeton with another folder in JETON_HOME; then try again.',
  'remedy.store-corrupt': 'There is no backup. You can begin anew; the damaged file is kept.',
  'remedy.store-corrupt.backup': 'Put the newest backup in its place; the damaged file is kept.',
  'remedy.store-backup-missing': 'Begin anew; the former file is kept.',
  'remedy.store-backup-unusable': 'Begin anew; the former file is kept.',
  'store.loss.replaced.remedy': 'Such an app is to be installed again; then give its new tokens here.',
  'remedy.store-in-use': 'End the other one first: a Jeton in a terminal, or a run of the schedule.',
  'remedy.database-not-connected': 'Connect it here, or start Jeton with DATABASE_URL set.',
  'remedy.database-unreachable': 'Check that it runs and can be reached from here, then try again.',
  'remedy.database-unreachable.not-spoken':
    'Check host and port of its URL, and connect it again; with sslmode=disable Jeton connects without TLS.',
  'remedy.database-unreachable.not-postgresql': 'Check host and port of its URL, and connect it again.',
  'remedy.database-unreachable.authority':
    'Name the file of its authority in the URL, sslrootcert=/path/to/ca.pem, and connect it again.',
  'remedy.database-unreachable.name':
    'Use the name that its certificate has in the URL, or sslmode=verify-ca, and connect it again.',
  'remedy.database-refused': 'Check user, password and rights, and connect it again.',
  'remedy.database-tables-missing':
    'Check that it is the right database. Other table names are settings: database.integrationTable and database.userIntegrationTable.',
  'remedy.database-without-slack':
    'Check that it is the right database, and connect the right one. If it is, add the Slack integration in the application first.',
  'remedy.vault-locked':
    'Unlock your keychain; Jeton notices. If the key is gone for good, give the recovery key here.',
  'remedy.vault-locked.service-gone':
    'Quit Jeton and start it anew: only a new process reaches a keychain that was restarted.',
  'remedy.vault-missing':
    'Start a keyring (GNOME Keyring, KWallet), or start Jeton with JETON_MASTER_KEY_FILE (a 0600 file: openssl rand -base64 32); then try again.',
  'remedy.vault-wrong-key': 'Give it the right key, or give the recovery key here.',
  'remedy.vault-exists': 'Nothing to do.',
  'remedy.secret-damaged':
    'Remove that integration and add it again. What it belongs to can also be set anew: a sign-in, the database, the webhook.',
  'remedy.webhook-not-set': 'Set one in the settings.',
  'remedy.webhook-gone': 'Make a new one in the channel’s settings, then set it here.',
  'remedy.webhook-unreachable':
    'Check the URL and the network (HTTPS_PROXY is honoured), and try again, or keep the webhook without a test.',
  'remedy.oneflex-not-signed-in': 'Sign in to OneFlex.',
  'remedy.oneflex-not-accepted': 'Renew it; if that does not help, sign in again.',
  'remedy.oneflex-busy': 'Try again in a few minutes, or end that one first.',
  'error.target-not-found': 'There is no bot “{name}”.',
  'remedy.target-not-found': 'Somebody may have removed it meanwhile; the list shows those that there are.',
  'error.target-exists': 'There is already a bot “{name}”.',
  'remedy.target-exists': 'Choose another name, or change the bot {name}.',
  'error.target-invalid': 'This does not fit here; it takes {expected}.',
  'remedy.target-invalid': 'Correct it and try again.',
  'remedy.ssh-too-slow': 'See what keeps it busy; Jeton tries again by itself.',
  'remedy.ssh-host-key-unknown':
    'Compare that with what the machine itself says (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then check the bot here and accept the key.',
  'remedy.ssh-host-key-changed':
    'Either the machine was set up anew, or another one answers in its place. Find out which; if its own key is {fingerprint} now, check the bot here and accept it.',
  'remedy.env-file-unwritable':
    'Nothing was changed. Make it writable for you, or make room; then export again.',
  'remedy.env-file-cut':
    'Nothing was changed. Put it back from {backup}, or, if it is meant to be so, export all the same.',
  'remedy.schedule-unsupported-interval': 'The nearest it can: {interval}.',
  'remedy.schedule-unavailable': 'Install cron (Debian: apt install cron), or keep Jeton running instead.',
  'remedy.machine-unsuitable': 'Install it and try again.',
  'remedy.internal': 'Please report it, with the log that Jeton shows. Your tokens are as they were.',

  'slack.remedy.chain-dead.local':
    'Install the app again in this workspace, then give its new refresh token here.',
  'slack.remedy.misconfigured.local':
    'Compare the app’s client id and secret with api.slack.com/apps, and correct them here.',
  'slack.remedy.internal': 'Nothing is lost: Jeton keeps them and writes them in its next round.',
  'slack.fix.fields-missing':
    'Client id and secret can be filled in here. For tokens, install the app again.',
  'slack.fix.config-broken': 'Repair the row in the application.',
  'slack.fix.long-lived-token': 'Exchange it for a rotating pair (once, not to be undone).',

  'oneflex.remedy.chain-dead': 'Sign in again.',
  'oneflex.fix.no-browser':
    'Sign in in Jeton’s own window; or install Chrome, Edge or Chromium, and sign in again. Without any, paste the tokens.',
  'oneflex.fix.no-sandbox': 'Sign in again in your own browser, or paste the tokens.',
  'oneflex.fix.profile-occupied': 'Close that window, then sign in again.',

  'sign-in.fix.closed-by-person': 'Start again when it suits you.',
  'sign-in.fix.timed-out': 'Start again when it suits you.',
  'sign-in.fix.person-needed': 'Sign in again.',
  'sign-in.fix.no-browser':
    'Install Chrome, Edge or Chromium, or name one in the setting oneflex.browser. Without any, sign in in Jeton’s own window, or paste the tokens.',
  'sign-in.fix.no-display': 'Sign in on your desktop; here, paste the tokens.',
  'sign-in.fix.no-sandbox':
    'Use your own browser, or paste the tokens. For Jeton’s own window install the .deb instead of the AppImage, or allow user namespaces (on Ubuntu by an AppArmor profile), and start Jeton again.',
  'sign-in.fix.launch-failed':
    'Choose another one in the setting oneflex.browser: chrome, msedge, chromium or a path. Or sign in in Jeton’s own window.',
  'sign-in.fix.launch-failed.sandbox': 'Use Jeton as an ordinary user, or paste the tokens.',
  'sign-in.fix.launch-failed.debugging-disallowed':
    'Choose another one in the setting oneflex.browser, sign in in Jeton’s own window, or paste the tokens.',
  'sign-in.profile-in-use': 'A sign-in is under way already.',
  'sign-in.fix.other-account': 'Sign in as {kept}, or accept the change.',

  'restart.fix.service-unknown': 'Correct the service’s name in the bot’s settings.',
  'restart.fix.service-ambiguous': 'Name the service in the bot’s settings.',
  'restart.fix.permission-denied': 'Join the group docker, or let Jeton use sudo in the bot’s settings.',
  'restart.fix.compose-file-missing': 'Correct folder or compose file in the bot’s settings.',
  'restart.fix.unreachable': 'Check the bot to see why.',
  'restart.fix.cancelled': 'Restart it when it suits you.',
  'restart.fix.exited': 'Read what it says, mend it, then restart it here.',
  'restart.fix.unhealthy': 'Read what it says, mend it, then restart it here.',

  'oneflex.paste.again':
    'It lives for about 15 minutes: reload OneFlex in your browser, copy its cookie access_token anew, and paste that at once. Or let Jeton do it: sign in here.',
  'export.session.no-cookies':
    'session.json was not written: tokens that were pasted come without cookies. Sign in with a browser.',
  'export.held.how': 'It can be restarted now all the same.',
  'database.expiry-lacking': 'A row without an expiry is renewed all the same; filling in writes one.',
  'schedule.status.how': 'Jeton keeps everything fresh while it runs; a schedule does so without it.',
  'schedule.last-run.failed': 'Last run: {when}, with exit code {exitCode}. The log says more.',
  'schedule.earlier.remedy': 'Install it again, with the same interval.',
  'doctor.browser.none': 'none found; Jeton’s own window is there to sign in',
  'doctor.database.remedy.none': 'If an application keeps the tokens, connect its database.',
  'doctor.integrations.several.remedy': 'What each of them needs stands in its row.',
  'doctor.target.pending.remedy': 'Export to it again.',
  'doctor.schedule.none': 'none; nothing is renewed unless Jeton runs',
  'doctor.schedule.late.remedy': 'Is cron running? The log may say more.',
  'doctor.journal.remedy': 'The next round writes them.',
  'vault.created.backup': 'Keep a copy of it somewhere safe: export the recovery key.',
} as const satisfies Override;
