import { Component, type ReactNode } from 'react';
import type { WindowContext } from '../window-context.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

interface FaultBoundaryProps {
  readonly t: WindowContext['t'];
  readonly children: ReactNode;
}

/** Where a mistake of the window's own ends: the rest of it goes on, and this part can be begun again. */
export class FaultBoundary extends Component<FaultBoundaryProps, { readonly hasFault: boolean }> {
  override state = { hasFault: false };

  static getDerivedStateFromError(): { readonly hasFault: boolean } {
    return { hasFault: true };
  }

  override render(): ReactNode {
    const { t, children } = this.props;
    if (!this.state.hasFault) return children;
    return (
      <div className="full-page tone-problem" role="alert">
        <Icon name="triangle" />
        <h1>{t('fault.title')}</h1>
        <p className="quiet">{t('fault.text')}</p>
        <Button look="primary" onPress={() => this.setState({ hasFault: false })}>
          {t('action.retry')}
        </Button>
      </div>
    );
  }
}
