import { type ReactNode, useState } from 'react';

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
  return (
    <form
      className="form"
      aria-label={label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void Promise.resolve(onSend()).then(() => undefined);
      }}
    >
      {children}
    </form>
  );
}
