import { type ReactNode, useId } from 'react';
import { useWindow } from '../window-context.ts';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly kind?: 'text' | 'secret' | 'number' | 'lines';
  readonly hint?: string | undefined;
  /** What is wrong with what was typed. */
  readonly problem?: string | undefined;
  readonly isOptional?: boolean;
  readonly placeholder?: string;
  readonly isReadOnly?: boolean;
  readonly onLeave?: () => void;
  readonly isMono?: boolean;
  /** Beside the input, such as a button that helps to fill it. */
  readonly children?: ReactNode;
}

export function Field(props: FieldProps) {
  const { label, value, onChange, kind = 'text', hint, problem, isOptional = false, children } = props;
  const { t } = useWindow();
  const id = useId();
  const note = problem ?? hint;
  const shared = {
    id,
    value,
    className: props.isMono === true || kind === 'lines' ? 'input mono' : 'input',
    spellCheck: false,
    autoCapitalize: 'off',
    // A password manager has no business with tokens of applications.
    autoComplete: 'off',
    'data-1p-ignore': true,
    placeholder: props.placeholder,
    readOnly: props.isReadOnly,
    onBlur: props.onLeave,
    'aria-invalid': problem === undefined ? undefined : true,
    'aria-describedby': note === undefined ? undefined : `${id}-note`,
    'aria-required': isOptional || props.isReadOnly === true ? undefined : true,
  } as const;
  const input =
    kind === 'lines' ? (
      <textarea {...shared} rows={2} onChange={(event) => onChange(event.target.value)} />
    ) : (
      <input
        {...shared}
        type={kind === 'secret' ? 'password' : 'text'}
        inputMode={kind === 'number' ? 'numeric' : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {isOptional && <span className="quiet field-optional"> {t('field.optional')}</span>}
      </label>
      {children === undefined ? (
        input
      ) : (
        <div className="with-button">
          {input}
          {children}
        </div>
      )}
      {note !== undefined && (
        <p
          id={`${id}-note`}
          className={problem === undefined ? 'field-note' : 'field-note field-note-problem'}
        >
          {note}
        </p>
      )}
    </div>
  );
}

export function Select<V extends string>({
  label,
  value,
  options,
  onChange,
  hint,
  isLabelHidden = false,
  isDisabled = false,
}: {
  readonly label: string;
  readonly value: V;
  readonly options: readonly (readonly [value: V, words: string])[];
  readonly onChange: (value: V) => unknown;
  readonly hint?: string | undefined;
  readonly isLabelHidden?: boolean;
  readonly isDisabled?: boolean;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={isLabelHidden ? 'visually-hidden' : undefined}>
        {label}
      </label>
      <select
        id={id}
        className="select"
        value={value}
        disabled={isDisabled}
        aria-describedby={hint === undefined ? undefined : `${id}-note`}
        onChange={(event) => {
          const chosen = options.find(([option]) => option === event.target.value);
          if (chosen !== undefined) onChange(chosen[0]);
        }}
      >
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <p id={`${id}-note`} className="field-note">
          {hint}
        </p>
      )}
    </div>
  );
}

export function CheckBox({
  label,
  isOn,
  onChange,
}: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  return (
    <label className="check">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}</span>
    </label>
  );
}

/** One of a few, all of which are seen. */
export function Segments<V extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: V | undefined;
  readonly options: readonly (readonly [value: V, words: string])[];
  readonly onChange: (value: V) => unknown;
}) {
  return (
    <div className="segments" role="group" aria-label={label}>
      {options.map(([option, words]) => (
        <button
          key={option}
          type="button"
          className="segment"
          aria-pressed={option === value}
          onClick={() => onChange(option)}
        >
          {words}
        </button>
      ))}
    </div>
  );
}
