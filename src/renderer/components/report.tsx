import type { ReactNode } from 'react';
import { useReturnOfFocus } from '../hooks/use-return-of-focus.ts';
import { useWindow } from '../window-context.ts';
import { Button } from './button.tsx';

/** What a look at something found. It stays until it is read: somebody says so by closing it. */
export function Report({
  label,
  onClose,
  children,
}: {
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { t } = useWindow();
  useReturnOfFocus();
  return (
    <section className="part" aria-label={label}>
      {children}
      <div className="actions">
        <Button look="quiet" onPress={onClose}>
          {t('report.close')}
        </Button>
      </div>
    </section>
  );
}
