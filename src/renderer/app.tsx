import { Activity, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { AppState, JetonBridge } from '../shared/ipc/bridge.ts';
import { createTimes } from '../shared/messages/times.ts';
import { FaultBoundary } from './components/fault-boundary.tsx';
import { Navigation } from './components/navigation.tsx';
import { focusOn } from './focus.ts';
import { useAppState } from './hooks/use-app-state.ts';
import { useExportOutput } from './hooks/use-export-output.ts';
import { useMessages } from './hooks/use-messages.ts';
import { useNow } from './hooks/use-now.ts';
import { AboutView } from './views/about/about-view.tsx';
import { ActivityView } from './views/activity/activity-view.tsx';
import { BotView } from './views/bot/bot-view.tsx';
import { IntegrationsView } from './views/integrations/integrations-view.tsx';
import { SettingsView } from './views/settings/settings-view.tsx';
import { NoStatePage, TroublePage } from './views/trouble-page.tsx';
import { VIEWS, type View, type Way, type WindowContext, WindowProvider } from './window-context.ts';

const VIEW = {
  integrations: IntegrationsView,
  activity: ActivityView,
  bot: BotView,
  settings: SettingsView,
  about: AboutView,
} as const satisfies Record<View, unknown>;

/** Where nothing can be opened, these are of no use; the log and the diagnostics are. */
const NEEDS_A_HOME: ReadonlySet<View> = new Set(['integrations', 'bot', 'settings']);

export function App({
  jeton,
  guess,
}: {
  readonly jeton: JetonBridge;
  /** What the person probably reads, until the main process has said so. */
  readonly guess: Pick<AppState, 'language' | 'locale'>;
}) {
  const { result, ask } = useAppState(jeton);
  const { output, clear } = useExportOutput(jeton, result?.ok === true ? result.value.exporting : undefined);
  const { language, locale } = result?.ok === true ? result.value : guess;
  const messages = useMessages(language, locale);
  const tick = useNow();
  const [way, setWay] = useState<Way>({ view: 'integrations', place: undefined, takesFocus: false });
  const main = useRef<HTMLElement>(null);
  const [visited, setVisited] = useState<ReadonlySet<View>>(new Set(['integrations']));

  const visit = useCallback((view: View) => {
    setVisited((views) => (views.has(view) ? views : new Set([...views, view])));
  }, []);
  const goTo = useCallback<WindowContext['goTo']>(
    (view, place) => {
      // Whoever is there already may be in the middle of something.
      setWay((before) => ({ view, place, takesFocus: place !== undefined || view !== before.view }));
      visit(view);
    },
    [visit],
  );
  const turnTo = useCallback<WindowContext['turnTo']>(
    (view) => {
      setWay({ view, place: undefined, takesFocus: false });
      visit(view);
    },
    [visit],
  );
  // A place is found by the view that it is in.
  useEffect(() => {
    if (!way.takesFocus || way.place !== undefined) return;
    const headings = main.current?.querySelectorAll('h1') ?? [];
    focusOn([...headings].find((heading) => heading.checkVisibility()));
  }, [way]);
  useEffect(
    () =>
      jeton.onViewRequested(({ view, id }) =>
        goTo(view, id === null ? undefined : { kind: 'integration', id }),
      ),
    [jeton, goTo],
  );

  // A picture that has just come may speak of moments after the last tick.
  const now = useMemo(() => Math.max(tick, Date.now()), [tick, result]);
  const times = useMemo(() => messages && createTimes(messages, now), [messages, now]);

  if (result === undefined || messages === undefined || times === undefined) return null;
  if (!result.ok) return <NoStatePage error={result.error} t={messages.t} onRetry={ask} />;
  const state = result.value;
  const context: WindowContext = {
    jeton,
    state,
    messages,
    t: messages.t,
    times,
    now,
    output,
    clearOutput: clear,
    way,
    goTo,
    turnTo,
  };
  return (
    <WindowProvider value={context}>
      <div className="frame">
        <Navigation />
        <main className="frame-main" ref={main}>
          {VIEWS.filter((view) => visited.has(view)).map((view) => {
            const Shown = state.trouble !== null && NEEDS_A_HOME.has(view) ? TroublePage : VIEW[view];
            return (
              // What was typed or unfolded in a view is there again when somebody comes back to it.
              <Activity key={view} mode={view === way.view ? 'visible' : 'hidden'}>
                <FaultBoundary t={messages.t}>
                  <Shown />
                </FaultBoundary>
              </Activity>
            );
          })}
        </main>
      </div>
    </WindowProvider>
  );
}
