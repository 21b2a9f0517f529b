/** Everything that Chromium has to know of a page before its first document, in one go. */
import { readFileSync } from 'node:fs';
import type { Params } from './cdp.ts';
import { setting } from './control.ts';
import { BINDING, ISOLATED_WORLD, pageScripts } from './page-scripts.ts';

export interface PageSetup {
  readonly preload: string | undefined;
  readonly userAgent: string | undefined;
  /** Emulation.setEmulatedMedia */
  readonly media: Params;
  /** Network.emulateNetworkConditions */
  readonly network: Params;
}

export type Command = readonly [method: string, params?: Params];

export function setupOf({ preload, userAgent, media, network }: PageSetup): readonly Command[] {
  const source = preload === undefined ? undefined : readFileSync(preload, 'utf8');
  const scripts = pageScripts(source, setting.platform);
  return [
    ['Inspector.enable'],
    ['Page.enable'],
    ['Network.enable'],
    ['Runtime.addBinding', { name: BINDING, executionContextName: ISOLATED_WORLD }],
    ['Runtime.enable'],
    ['Page.addScriptToEvaluateOnNewDocument', { source: scripts.mainWorld }],
    ['Page.addScriptToEvaluateOnNewDocument', { source: scripts.isolatedWorld, worldName: ISOLATED_WORLD }],
    [
      'Fetch.enable',
      {
        patterns: [
          { urlPattern: '*', requestStage: 'Request' },
          { urlPattern: '*', requestStage: 'Response' },
        ],
      },
    ],
    ['Emulation.setFocusEmulationEnabled', { enabled: true }],
    ['Emulation.setEmulatedMedia', media],
    ...(network['offline'] === true ? [['Network.emulateNetworkConditions', network] as const] : []),
    ...(userAgent === undefined ? [] : [['Network.setUserAgentOverride', { userAgent }] as const]),
    ['Runtime.runIfWaitingForDebugger'],
  ];
}
