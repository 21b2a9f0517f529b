import { useEffect, useRef, useState } from 'react';
import { Field, Segments, Select } from '../../components/field.tsx';
import { Problem } from '../../components/notice.tsx';
import { useCall } from '../../hooks/use-call.ts';
import { useWindow } from '../../window-context.ts';
import { knownSetting, type Setting, type SettingValue } from './known-settings.ts';
import { SavedLine } from './saved-line.tsx';

/** From how many choices on a list is clearer than all of them side by side. */
const MANY_CHOICES = 4;

/** One setting: saved as soon as it is chosen, or left; and put back as easily. */
export function SettingRow({
  setting: { key, value, from },
  onChanged,
}: {
  readonly setting: Setting;
  readonly onChanged: () => unknown;
}) {
  const { jeton, t } = useWindow();
  const set = useCall(jeton.setSetting);
  const [change, setChange] = useState<'saved' | 'undone'>('saved');
  const row = useRef<HTMLDivElement>(null);
  const known = knownSetting(key);
  const label = known === undefined ? key : t(known.label);
  const isFixed = from === 'environment';

  const save = async (next: SettingValue, as: 'saved' | 'undone' = 'saved'): Promise<boolean> => {
    if (next === value) return true;
    setChange(as);
    const result = await set.run({ key, value: next });
    if (result?.ok === true) onChanged();
    return result?.ok === true;
  };
  const previous = set.state.kind === 'done' ? set.state.value.previous : undefined;
  const undo = (before: SettingValue): void => {
    // The button goes with what it does; whoever used the keys stays where they are.
    row.current?.querySelector<HTMLElement>('select, input, button')?.focus();
    void save(before, 'undone');
  };
  const options = known?.choices?.map(([option, words]) => [option, t(words)] as const);
  const hint = isFixed
    ? t('settings.from-environment')
    : known?.hint === undefined
      ? undefined
      : t(known.hint);
  return (
    <div className="setting" ref={row}>
      {options !== undefined || typeof value === 'boolean' ? (
        <div className="setting-line">
          <span className="field-label" aria-hidden="true">
            {label}
          </span>
          {typeof value === 'boolean' ? (
            <Segments
              label={label}
              value={value ? 'on' : 'off'}
              options={[
                ['on', t('settings.on')],
                ['off', t('settings.off')],
              ]}
              onChange={(next) => save(next === 'on')}
            />
          ) : options !== undefined && options.length < MANY_CHOICES && !isFixed ? (
            <Segments label={label} value={String(value)} options={options} onChange={(next) => save(next)} />
          ) : (
            <Select
              isLabelHidden
              label={label}
              value={String(value)}
              options={options ?? []}
              isDisabled={isFixed}
              hint={hint}
              onChange={(next) => save(next)}
            />
          )}
        </div>
      ) : (
        <TypedValue label={label} value={value} hint={hint} isFixed={isFixed} onSave={save} />
      )}
      {set.state.kind === 'failed' && <Problem explanation={set.state.error} onDismiss={set.dismiss} />}
      {previous !== undefined && <SavedLine change={change} onUndo={() => undo(previous)} />}
    </div>
  );
}

/** Text or a number: saved by Enter, or when the person goes on to something else. */
function TypedValue({
  label,
  value,
  hint,
  isFixed,
  onSave,
}: {
  readonly label: string;
  readonly value: Exclude<SettingValue, boolean>;
  readonly hint: string | undefined;
  readonly isFixed: boolean;
  readonly onSave: (value: SettingValue) => Promise<boolean>;
}) {
  const [text, setText] = useState(String(value ?? ''));
  useEffect(() => setText(String(value ?? '')), [value]);
  const leave = (): void => {
    const typed = text.trim();
    if (isFixed || typed === String(value ?? '')) return;
    const isNumber = typeof value === 'number' && /^-?\d+$/.test(typed);
    void onSave(isNumber ? Number(typed) : typed);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        leave();
      }}
    >
      <Field
        isMono={typeof value === 'string'}
        kind={typeof value === 'number' ? 'number' : 'text'}
        label={label}
        hint={hint}
        value={text}
        isReadOnly={isFixed}
        onChange={setText}
        onLeave={leave}
      />
    </form>
  );
}
