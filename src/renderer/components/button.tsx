import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress: () => unknown;
  readonly look?: 'plain' | 'primary' | 'quiet' | 'danger';
  readonly icon?: IconName;
  /** What it started is under way. It keeps the focus, and does nothing meanwhile. */
  readonly isPending?: boolean;
  /** Where the words alone would not tell it from its neighbours. */
  readonly label?: string | undefined;
  readonly isExpanded?: boolean | undefined;
  readonly opens?: 'menu';
  readonly id?: string;
}

export function Button({ children, onPress, look = 'plain', icon, isPending = false, ...more }: ButtonProps) {
  const { label, isExpanded, opens, id } = more;
  return (
    <button
      type="button"
      id={id}
      className={look === 'plain' ? 'button' : `button button-${look}`}
      aria-label={label}
      aria-haspopup={opens}
      aria-expanded={isExpanded}
      aria-disabled={isPending || undefined}
      aria-busy={isPending || undefined}
      onClick={() => isPending || onPress()}
    >
      <Leading isPending={isPending} icon={icon} />
      {children}
    </button>
  );
}

/** Sends the form it is in, as Enter does. */
export function SubmitButton({
  children,
  isPending = false,
}: {
  readonly children: ReactNode;
  readonly isPending?: boolean;
}) {
  return (
    <button
      type="submit"
      className="button button-primary"
      aria-disabled={isPending || undefined}
      aria-busy={isPending || undefined}
    >
      <Leading isPending={isPending} icon={undefined} />
      {children}
    </button>
  );
}

function Leading({ isPending, icon }: { readonly isPending: boolean; readonly icon: IconName | undefined }) {
  if (isPending) return <span className="spinner" aria-hidden="true" />;
  return icon === undefined ? null : <Icon name={icon} />;
}
