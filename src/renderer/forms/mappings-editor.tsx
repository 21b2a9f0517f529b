import type { AppState, Reply } from '../../shared/ipc/bridge.ts';
import { Button } from '../components/button.tsx';
import { Field, Select } from '../components/field.tsx';
import { useWindow, type WindowContext } from '../window-context.ts';

export type Mapping = Reply<'listTargets'>['targets'][number]['mappings'][number];
type Source = Mapping['source'];

/** Which key of the file gets which token. */
export function MappingsEditor({
  mappings,
  slack,
  showsProblems,
  onChange,
}: {
  readonly mappings: readonly Mapping[];
  readonly slack: readonly AppState['snapshot']['integrations'][number][];
  readonly showsProblems: boolean;
  readonly onChange: (mappings: readonly Mapping[]) => void;
}) {
  const { t } = useWindow();
  const known: readonly (readonly [Source, string])[] = [
    ['oneflex:access', t('form.bot.source.oneflex:access')],
    ['oneflex:refresh', t('form.bot.source.oneflex:refresh')],
    ...slack.map(({ id, name }) => [`slack:${id}`, t('form.bot.source.slack', { name })] as const),
  ];
  const put = (index: number, mapping: Mapping): void => onChange(mappings.with(index, mapping));
  return (
    <fieldset className="mappings">
      <legend className="field-label">{t('form.bot.mappings')}</legend>
      {mappings.map((mapping, index) => {
        // One that is gone stays what it is until somebody chooses another.
        const isKnown = known.some(([source]) => source === mapping.source);
        const options = isKnown ? known : [...known, [mapping.source, mapping.source] as const];
        return (
          // A line of the form has no identity but its place.
          <div key={index} className="mapping">
            <Field
              isMono
              label={t('form.bot.mapping.key', { count: index + 1 })}
              value={mapping.key}
              problem={showsProblems ? problemOfMapping(mappings, index, t) : undefined}
              onChange={(key) => put(index, { ...mapping, key })}
            />
            <Select
              label={t('form.bot.mapping.source', { count: index + 1 })}
              value={mapping.source}
              options={options}
              onChange={(source) => put(index, { ...mapping, source })}
            />
            {mappings.length > 1 && (
              <button
                type="button"
                className="button button-quiet mapping-remove"
                aria-label={t('form.bot.mapping.remove', { count: index + 1 })}
                onClick={() => onChange(mappings.toSpliced(index, 1))}
              >
                ✕
              </button>
            )}
          </div>
        );
      })}
      <div>
        <Button
          icon="plus"
          look="quiet"
          onPress={() => onChange([...mappings, { key: '', source: known[0]?.[0] ?? 'oneflex:access' }])}
        >
          {t('form.bot.mapping.add')}
        </Button>
      </div>
    </fieldset>
  );
}

export function problemOfMapping(
  mappings: readonly Mapping[],
  index: number,
  t: WindowContext['t'],
): string | undefined {
  const key = mappings[index]?.key.trim() ?? '';
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return t('form.bot.mapping.invalid');
  const isTwice = mappings.some((other, at) => at !== index && other.key.trim() === key);
  return isTwice ? t('form.bot.mapping.twice') : undefined;
}
