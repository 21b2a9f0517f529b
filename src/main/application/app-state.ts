/** The picture that tray and window show, in words: a function of what there is. */
import { actionFor } from '../../core/action.ts';
import type { ExportError } from '../../core/export/target.ts';
import { overallOf } from '../../core/overall.ts';
import { shownName } from '../../core/scrub.ts';
import type { Settings } from '../../core/settings.ts';
import type { IntegrationView, Snapshot, TargetView } from '../../core/snapshot.ts';
import { healthOf } from '../../core/target-health.ts';
import type { Wording } from '../../node/reports/fact.ts';
import type { AppState } from '../../shared/ipc/bridge.ts';
import { explainRestartReason } from '../../shared/messages/restart-words.ts';
import {
  type Explanation,
  explainFailure,
  explainSituation,
  sentenceOf,
} from '../../shared/messages/words.ts';
import type { Messages } from '../../shared/messages/messages.ts';

/** What was seen last, and what went wrong with looking. */
export interface Picture {
  readonly snapshot: Snapshot;
  /** Nobody has looked yet. */
  readonly isFirst: boolean;
  readonly trouble: Explanation | undefined;
  readonly vaultProblem: Explanation | undefined;
  readonly settingsProblem: Explanation | undefined;
}

/** What the application itself is doing. */
export interface Doings {
  readonly theme: Settings['theme'];
  readonly paused: AppState['paused'];
  readonly signingInWith: AppState['signingInWith'];
  readonly exporting: readonly string[];
  readonly renewing: AppState['renewing'];
  readonly startAtLogin: AppState['startAtLogin'];
  readonly version: string;
  readonly platform: NodeJS.Platform;
  readonly homeFolder: string;
}

/** A state that was not yet published. */
export type ComposedState = Omit<AppState, 'edition'>;

export function appStateOf(seen: Picture, doings: Doings, wording: Wording): ComposedState {
  const picture = { ...seen, snapshot: withShownNames(seen.snapshot) };
  const { snapshot, trouble, vaultProblem, settingsProblem } = picture;
  const { messages } = wording;
  const { theme, paused, signingInWith, exporting, renewing, startAtLogin, version, homeFolder } = doings;
  const overall = overallOf(snapshot.headline, { isPaused: paused !== null });
  return {
    snapshot,
    sentence: trouble?.message ?? sentenceFor(picture, doings, wording),
    overall: trouble === undefined ? overall : 'needs-you',
    rows: snapshot.integrations.map((view) => ({
      id: view.id,
      action: actionFor(view),
      failure: view.lastError === undefined ? null : explainFailure(view.lastError, view.id, messages),
    })),
    bots: snapshot.targets.map((view) => ({
      name: view.name,
      health: healthOf(view),
      failure: failureOf(view, messages) ?? null,
    })),
    databaseProblem: databaseProblemOf(snapshot, messages) ?? null,
    trouble: trouble ?? null,
    vaultProblem: vaultProblem ?? null,
    settingsProblem: settingsProblem ?? null,
    language: messages.language,
    locale: messages.locale,
    theme,
    version,
    platform: platformOf(doings.platform),
    homeFolder,
    paused,
    signingIn: signingInWith !== null,
    signingInWith,
    exporting: [...exporting],
    renewing,
    startAtLogin,
  };
}

/** Names are as somebody else wrote them. */
function withShownNames(snapshot: Snapshot): Snapshot {
  const { headline, integrations } = snapshot;
  return {
    ...snapshot,
    headline: 'name' in headline ? { ...headline, name: shownName(headline.name) } : headline,
    integrations: integrations.map(withShownName),
  };
}

function withShownName(view: IntegrationView): IntegrationView {
  return { ...view, name: shownName(view.name) };
}

function sentenceFor(
  { snapshot, isFirst }: Picture,
  { paused }: Doings,
  { messages, times }: Wording,
): string {
  if (isFirst && paused === null) return messages.t('headline.opening');
  return sentenceOf(snapshot.headline, paused, messages, times);
}

function failureOf(
  { exportFailure, pending, lastRestart }: TargetView,
  messages: Messages,
): Explanation | undefined {
  if (exportFailure !== undefined) return explainExport(exportFailure, messages);
  const reason = pending === undefined ? lastRestart?.failure : pending.reason;
  return reason === undefined ? undefined : explainRestartReason(reason, messages);
}

function explainExport({ code, details }: ExportError, messages: Messages): Explanation {
  return explainSituation(code, details, messages);
}

/** What the vault needs is said as its own. */
function databaseProblemOf({ sources }: Snapshot, messages: Messages): Explanation | undefined {
  const app = sources.find(({ kind, state }) => kind === 'app' && state === 'unreachable');
  if (app?.code === undefined || app.code.startsWith('vault-')) return undefined;
  return explainSituation(app.code, app.details ?? {}, messages);
}

function platformOf(platform: NodeJS.Platform): AppState['platform'] {
  return platform === 'darwin' || platform === 'linux' || platform === 'win32' ? platform : 'other';
}
