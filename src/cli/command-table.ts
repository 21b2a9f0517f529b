import type { PlainKey } from '../shared/messages/catalogue.ts';
import type { CommandModule } from './context.ts';

export interface OptionSpec {
  /** As commander reads them. */
  readonly flags: string;
  readonly key: PlainKey;
  readonly repeatable?: boolean;
  /** For Jeton itself: in no help. */
  readonly hidden?: boolean;
}

export interface CommandSpec {
  /** `slack refresh`. */
  readonly name: string;
  readonly key: PlainKey;
  /** What its own help says, where that is more than one line in a list. */
  readonly longKey?: PlainKey;
  readonly arguments?: readonly { readonly name: string; readonly key: PlainKey }[];
  readonly options?: readonly OptionSpec[];
  readonly examples: readonly string[];
  /** Absent for a group. */
  readonly load?: () => Promise<CommandModule>;
}

const id = { flags: '--id <ID>', key: 'option.id' } as const;
const idArgument = { name: '[id]', key: 'argument.id' } as const;
const dryRun = { flags: '--dry-run', key: 'option.dry-run' } as const;
const clientId = { flags: '--client-id <ID>', key: 'option.client-id' } as const;
const targetArgument = { name: '[name]', key: 'argument.target' } as const;
const acceptHostKey = { flags: '--accept-host-key <FINGERPRINT>', key: 'option.accept-host-key' } as const;
const clientSecretFile = { flags: '--client-secret-file <F>', key: 'option.client-secret-file' } as const;

/** Every command there is. What one does is in its own file, loaded when it is called. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'status',
    key: 'command.status',
    examples: ['jeton status', 'jeton status --json'],
    load: () => import('./commands/status.ts'),
  },
  { name: 'slack', key: 'command.slack', examples: ['jeton slack refresh'] },
  {
    name: 'slack list',
    key: 'command.slack.list',
    examples: ['jeton slack list'],
    load: () => import('./commands/slack-list.ts'),
  },
  {
    name: 'slack add',
    key: 'command.slack.add',
    longKey: 'command.slack.add.long',
    options: [
      { flags: '--name <NAME>', key: 'option.name' },
      clientId,
      clientSecretFile,
      { flags: '--refresh-token-file <F>', key: 'option.refresh-token-file' },
      { flags: '--access-token-file <F>', key: 'option.access-token-file' },
    ],
    examples: [
      'jeton slack add',
      'jeton slack add --name Ops --client-id 123.456 --client-secret-file secret.txt --refresh-token-file -',
    ],
    load: () => import('./commands/slack-add.ts'),
  },
  {
    name: 'slack update',
    key: 'command.slack.update',
    longKey: 'command.slack.update.long',
    arguments: [idArgument],
    options: [
      id,
      clientId,
      clientSecretFile,
      { flags: '--refresh-token-file <F>', key: 'option.refresh-token-file' },
    ],
    examples: ['jeton slack update local:1', 'jeton slack update local:1 --refresh-token-file - < token.txt'],
    load: () => import('./commands/slack-update.ts'),
  },
  {
    name: 'slack remove',
    key: 'command.slack.remove',
    arguments: [idArgument],
    options: [id, { flags: '-y, --yes', key: 'option.yes' }],
    examples: ['jeton slack remove local:1'],
    load: () => import('./commands/slack-remove.ts'),
  },
  {
    name: 'slack pause',
    key: 'command.slack.pause',
    arguments: [idArgument],
    options: [id],
    examples: ['jeton slack pause app:12'],
    load: () => import('./commands/slack-pause.ts'),
  },
  {
    name: 'slack resume',
    key: 'command.slack.resume',
    arguments: [idArgument],
    options: [id],
    examples: ['jeton slack resume app:12'],
    load: () => import('./commands/slack-resume.ts'),
  },
  {
    name: 'slack refresh',
    key: 'command.slack.refresh',
    longKey: 'command.slack.refresh.long',
    options: [
      { flags: '--force', key: 'option.force' },
      dryRun,
      { ...id, key: 'option.ids', repeatable: true },
      { flags: '--scheduled', key: 'option.scheduled', hidden: true },
    ],
    examples: ['jeton slack refresh', 'jeton slack refresh --force --id app:12'],
    load: () => import('./commands/slack-refresh.ts'),
  },
  {
    name: 'slack backfill',
    key: 'command.slack.backfill',
    longKey: 'command.slack.backfill.long',
    options: [clientId, clientSecretFile, dryRun],
    examples: ['jeton slack backfill --client-id 123.456 --client-secret-file secret.txt --dry-run'],
    load: () => import('./commands/slack-backfill.ts'),
  },
  {
    name: 'slack exchange',
    key: 'command.slack.exchange',
    arguments: [idArgument],
    options: [id],
    examples: ['jeton slack exchange app:12'],
    load: () => import('./commands/slack-exchange.ts'),
  },
  { name: 'oneflex', key: 'command.oneflex', examples: ['jeton oneflex login'] },
  {
    name: 'oneflex login',
    key: 'command.oneflex.login',
    longKey: 'command.oneflex.login.long',
    options: [
      { flags: '--browser <BROWSER>', key: 'option.browser' },
      { flags: '--headless', key: 'option.headless' },
      { flags: '--timeout <SECONDS>', key: 'option.timeout' },
      { flags: '--paste', key: 'option.paste' },
      { flags: '--replace-account', key: 'option.replace-account' },
      { flags: '--no-export', key: 'option.no-export' },
    ],
    examples: ['jeton oneflex login', 'jeton oneflex login --paste < tokens.txt'],
    load: () => import('./commands/oneflex-login.ts'),
  },
  {
    name: 'oneflex renew',
    key: 'command.oneflex.renew',
    examples: ['jeton oneflex renew'],
    load: () => import('./commands/oneflex-renew.ts'),
  },
  {
    name: 'oneflex status',
    key: 'command.oneflex.status',
    options: [{ flags: '--verify', key: 'option.verify' }],
    examples: ['jeton oneflex status --verify'],
    load: () => import('./commands/oneflex-status.ts'),
  },
  {
    name: 'oneflex forget',
    key: 'command.oneflex.forget',
    options: [{ flags: '-y, --yes', key: 'option.yes' }],
    examples: ['jeton oneflex forget'],
    load: () => import('./commands/oneflex-forget.ts'),
  },
  { name: 'target', key: 'command.target', examples: ['jeton target list'] },
  {
    name: 'target add',
    key: 'command.target.add',
    longKey: 'command.target.add.long',
    arguments: [{ name: '<name>', key: 'argument.target-name' }],
    options: [
      { flags: '--dir <DIR>', key: 'option.dir' },
      { flags: '--env-file <F>', key: 'option.env-file' },
      { flags: '--file <F>', key: 'option.file' },
      { flags: '--compose-file <F>', key: 'option.compose-file', repeatable: true },
      { flags: '--service <S>', key: 'option.service' },
      { flags: '--ssh <HOST>', key: 'option.ssh' },
      acceptHostKey,
      { flags: '--sudo', key: 'option.sudo' },
      { flags: '--session-json', key: 'option.session-json' },
      { flags: '--set <KEY=SOURCE>', key: 'option.set', repeatable: true },
      { flags: '--restart <POLICY>', key: 'option.restart-policy' },
    ],
    examples: [
      'jeton target add bot --dir ~/oneflex-bot',
      'jeton target add nas --dir /volume1/docker/oneflex-bot --ssh admin@nas.local --sudo',
      'jeton target add ops --dir ~/ops --file .env --set SLACK_TOKEN=slack:app:12',
    ],
    load: () => import('./commands/target-add.ts'),
  },
  {
    name: 'target list',
    key: 'command.target.list',
    examples: ['jeton target list'],
    load: () => import('./commands/target-list.ts'),
  },
  {
    name: 'target remove',
    key: 'command.target.remove',
    arguments: [{ name: '<name>', key: 'argument.target' }],
    examples: ['jeton target remove bot'],
    load: () => import('./commands/target-remove.ts'),
  },
  {
    name: 'target check',
    key: 'command.target.check',
    arguments: [targetArgument],
    options: [acceptHostKey],
    examples: ['jeton target check', 'jeton target check bot --json'],
    load: () => import('./commands/target-check.ts'),
  },
  {
    name: 'export',
    key: 'command.export',
    longKey: 'command.export.long',
    arguments: [targetArgument],
    options: [
      { flags: '--restart', key: 'option.restart' },
      { flags: '--no-restart', key: 'option.no-restart' },
      { flags: '--force', key: 'option.export-force' },
      dryRun,
    ],
    examples: ['jeton export', 'jeton export bot --restart', 'jeton export --dry-run'],
    load: () => import('./commands/export.ts'),
  },
  { name: 'database', key: 'command.database', examples: ['jeton database test'] },
  {
    name: 'database connect',
    key: 'command.database.connect',
    longKey: 'command.database.connect.long',
    options: [{ flags: '--url-file <F>', key: 'option.url-file' }],
    examples: ['jeton database connect', 'jeton database connect --url-file - < url.txt'],
    load: () => import('./commands/database-connect.ts'),
  },
  {
    name: 'database test',
    key: 'command.database.test',
    examples: ['jeton database test'],
    load: () => import('./commands/database-test.ts'),
  },
  {
    name: 'database disconnect',
    key: 'command.database.disconnect',
    examples: ['jeton database disconnect'],
    load: () => import('./commands/database-disconnect.ts'),
  },
  {
    name: 'run',
    key: 'command.run',
    examples: ['jeton run'],
    load: () => import('./commands/run.ts'),
  },
  { name: 'schedule', key: 'command.schedule', examples: ['jeton schedule install --every 4h'] },
  {
    name: 'schedule install',
    key: 'command.schedule.install',
    options: [
      { flags: '--every <INTERVAL>', key: 'option.every' },
      { flags: '--test', key: 'option.test' },
      dryRun,
    ],
    examples: ['jeton schedule install --every 4h --test'],
    load: () => import('./commands/schedule-install.ts'),
  },
  {
    name: 'schedule status',
    key: 'command.schedule.status',
    examples: ['jeton schedule status'],
    load: () => import('./commands/schedule-status.ts'),
  },
  {
    name: 'schedule remove',
    key: 'command.schedule.remove',
    examples: ['jeton schedule remove'],
    load: () => import('./commands/schedule-remove.ts'),
  },
  { name: 'alerts', key: 'command.alerts', examples: ['jeton alerts set-webhook'] },
  {
    name: 'alerts set-webhook',
    key: 'command.alerts.set-webhook',
    longKey: 'command.alerts.set-webhook.long',
    options: [
      { flags: '--url-file <F>', key: 'option.url-file' },
      { flags: '--format <discord|slack>', key: 'option.format' },
      { flags: '--no-test', key: 'option.no-test' },
    ],
    examples: ['jeton alerts set-webhook', 'jeton alerts set-webhook --url-file - < webhook.txt'],
    load: () => import('./commands/alerts-set-webhook.ts'),
  },
  {
    name: 'alerts test',
    key: 'command.alerts.test',
    examples: ['jeton alerts test'],
    load: () => import('./commands/alerts-test.ts'),
  },
  {
    name: 'alerts status',
    key: 'command.alerts.status',
    examples: ['jeton alerts status'],
    load: () => import('./commands/alerts-status.ts'),
  },
  {
    name: 'alerts off',
    key: 'command.alerts.off',
    examples: ['jeton alerts off'],
    load: () => import('./commands/alerts-off.ts'),
  },
  {
    name: 'pause',
    key: 'command.pause',
    longKey: 'command.pause.long',
    options: [
      { flags: '--for <TIME>', key: 'option.pause-for' },
      { flags: '--until-tomorrow', key: 'option.until-tomorrow' },
    ],
    examples: ['jeton pause', 'jeton pause --for 2h', 'jeton pause --until-tomorrow'],
    load: () => import('./commands/pause.ts'),
  },
  {
    name: 'resume',
    key: 'command.resume',
    examples: ['jeton resume'],
    load: () => import('./commands/resume.ts'),
  },
  {
    name: 'logs',
    key: 'command.logs',
    options: [
      { flags: '-n, --lines <N>', key: 'option.lines' },
      { flags: '-f, --follow', key: 'option.follow' },
    ],
    examples: ['jeton logs -n 100 --follow'],
    load: () => import('./commands/logs.ts'),
  },
  {
    name: 'activity',
    key: 'command.activity',
    options: [id, { flags: '-n, --lines <N>', key: 'option.lines' }],
    examples: ['jeton activity --id app:12'],
    load: () => import('./commands/activity.ts'),
  },
  {
    name: 'doctor',
    key: 'command.doctor',
    examples: ['jeton doctor'],
    load: () => import('./commands/doctor.ts'),
  },
  { name: 'vault', key: 'command.vault', examples: ['jeton vault status'] },
  {
    name: 'vault status',
    key: 'command.vault.status',
    examples: ['jeton vault status'],
    load: () => import('./commands/vault-status.ts'),
  },
  {
    name: 'vault init',
    key: 'command.vault.init',
    examples: ['jeton vault init'],
    load: () => import('./commands/vault-init.ts'),
  },
  {
    name: 'vault export-recovery-key',
    key: 'command.vault.export-recovery-key',
    options: [{ flags: '--out <F>', key: 'option.out' }],
    examples: ['jeton vault export-recovery-key --out recovery-key.txt'],
    load: () => import('./commands/vault-export-recovery-key.ts'),
  },
  {
    name: 'vault unlock',
    key: 'command.vault.unlock',
    longKey: 'command.vault.unlock.long',
    options: [{ flags: '--recovery-key-file <F>', key: 'option.recovery-key-file' }],
    examples: ['jeton vault unlock --recovery-key-file recovery-key.txt'],
    load: () => import('./commands/vault-unlock.ts'),
  },
  { name: 'store', key: 'command.store', examples: ['jeton store status'] },
  {
    name: 'store status',
    key: 'command.store.status',
    examples: ['jeton store status'],
    load: () => import('./commands/store-status.ts'),
  },
  {
    name: 'store restore',
    key: 'command.store.restore',
    longKey: 'command.store.restore.long',
    options: [
      { flags: '--from <F>', key: 'option.from' },
      { flags: '-y, --yes', key: 'option.yes' },
    ],
    examples: ['jeton store restore'],
    load: () => import('./commands/store-restore.ts'),
  },
  {
    name: 'store set-aside',
    key: 'command.store.set-aside',
    options: [{ flags: '-y, --yes', key: 'option.yes' }],
    examples: ['jeton store set-aside'],
    load: () => import('./commands/store-set-aside.ts'),
  },
  { name: 'config', key: 'command.config', examples: ['jeton config list'] },
  {
    name: 'config get',
    key: 'command.config.get',
    arguments: [{ name: '<key>', key: 'argument.key' }],
    examples: ['jeton config get language'],
    load: () => import('./commands/config-get.ts'),
  },
  {
    name: 'config set',
    key: 'command.config.set',
    arguments: [
      { name: '<key>', key: 'argument.key' },
      { name: '<value>', key: 'argument.value' },
    ],
    examples: ['jeton config set language fr'],
    load: () => import('./commands/config-set.ts'),
  },
  {
    name: 'config list',
    key: 'command.config.list',
    examples: ['jeton config list'],
    load: () => import('./commands/config-list.ts'),
  },
];
