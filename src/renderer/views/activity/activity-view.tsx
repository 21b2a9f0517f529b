import { useEffect, useRef, useState } from 'react';
import { Segments } from '../../components/field.tsx';
import { focusOn } from '../../focus.ts';
import { useWindow } from '../../window-context.ts';
import { LogViewer } from './log-viewer.tsx';
import { Timeline } from './timeline.tsx';

const PARTS = ['timeline', 'log'] as const;
type Part = (typeof PARTS)[number];

/** What Jeton did, for people and, in the log, for whoever looks for a fault. */
export function ActivityView() {
  const { t, way } = useWindow();
  const [part, setPart] = useState<Part>('timeline');
  const root = useRef<HTMLDivElement>(null);
  const followed = useRef<typeof way>(undefined);
  useEffect(() => {
    if (way.place?.kind !== 'log' || followed.current === way) return;
    setPart('log');
    if (part !== 'log') return;
    followed.current = way;
    focusOn(root.current?.querySelector<HTMLElement>('.log'));
  }, [way, part]);
  return (
    <div className="view" ref={root}>
      <div className={part === 'log' ? 'view-inner view-filling' : 'view-inner view-narrow'}>
        <header className="view-head">
          <h1>{t('activity.title')}</h1>
          <Segments
            label={t('activity.parts')}
            value={part}
            options={PARTS.map((one) => [one, t(`activity.${one}`)])}
            onChange={setPart}
          />
        </header>
        {part === 'log' ? <LogViewer /> : <Timeline scroller={root} />}
      </div>
    </div>
  );
}
