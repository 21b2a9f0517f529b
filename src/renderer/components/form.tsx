import { type ReactNode, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

/** Why each field that is not right is not; empty when all are. */
export type Problems<F> = { readonly [K in keyof F]?: string | undefined };

export interface Draft<F> {
  readonly values: F;
  readonly set: <K extends keyof F>(field: K, value: F[K]) => void;
  /** Of what was sent at least once: nobody is told off while still typing. */
  readonly problems: Problems<F>;
  /** The values when all are right; shows what is wrong otherwise. */
  readonly check: () => F | undefined;
  /** Back to the beginning, so that no secret stays behind in the page. */
  readonly clear: () => void;
}

export function useDraft<F extends object>(empty: F, problemsIn: (values: F) => Problems<F>): Draft<F> {
  const [values, setValues] = useState(empty);
  const [wasSent, setWasSent] = useState(false);
  return {
    values,
    set: (field, value) => setValues((all) => ({ ...all, [field]: value })),
    problems: wasSent ? problemsIn(values) : {},
    check() {
      const isRight = Object.values(problemsIn(values)).every((problem) => problem === undefined);
      setWasSent(!isRight);
      return isRight ? values : undefined;
    },
    clear() {
      setValues(empty);
      setWasSent(false);
    },
  };
}

export function Form({
  label,
  onSend,
  children,
}: {
  readonly label: string;
  readonly onSend: () => unknown;
  readonly children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  return (
    <form
      ref={form}
      className="form"
      aria-label={label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        let sending: unknown;
        // What is wrong with what was typed is in the page by then; the first of it may be far above the button.
        flushSync(() => {
          sending = onSend();
        });
        form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
        void Promise.resolve(sending);
      }}
    >
      {children}
    </form>
  );
}
