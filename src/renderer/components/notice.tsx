import type { ReactNode } from 'react';
import type { Explanation } from '../../shared/messages/words.ts';
import { useWindow } from '../window-context.ts';
import { Icon, type IconName } from './icon.tsx';

export type Tone = 'plain' | 'good' | 'warning' | 'problem';

export const ICON_OF_TONE: Readonly<Record<Tone, IconName>> = {
  plain: 'dot',
  good: 'check',
  warning: 'info',
  problem: 'triangle',
};

interface NoticeProps {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly icon?: IconName;
  /** It stays until it is read: somebody says so by this. */
  readonly onDismiss?: (() => void) | undefined;
  /** What stands there from the beginning is not news. */
  readonly isNews?: boolean;
}

export function Notice({ tone, children, icon = ICON_OF_TONE[tone], onDismiss, isNews = true }: NoticeProps) {
  const { t } = useWindow();
  const role = isNews ? (tone === 'problem' ? 'alert' : 'status') : undefined;
  return (
    <div className={`notice tone-${tone}`} role={role}>
      <Icon name={icon} />
      <div className="notice-body">{children}</div>
      {onDismiss !== undefined && (
        <button type="button" className="notice-close" aria-label={t('action.dismiss')} onClick={onDismiss}>
          <Icon name="cross" />
        </button>
      )}
    </div>
  );
}

/** What happened and the one thing to do about it, as the main process words it; buttons that do it below. */
export function Problem({
  explanation,
  children,
  onDismiss,
  isNews = true,
  tone = 'problem',
}: {
  readonly explanation: Explanation;
  readonly children?: ReactNode;
  readonly onDismiss?: (() => void) | undefined;
  readonly isNews?: boolean;
  readonly tone?: Tone;
}) {
  return (
    <Notice tone={tone} onDismiss={onDismiss} isNews={isNews}>
      <p>{explanation.message}</p>
      {explanation.remedy !== '' && <p className="quiet">{explanation.remedy}</p>}
      {children !== undefined && <div className="actions">{children}</div>}
    </Notice>
  );
}
