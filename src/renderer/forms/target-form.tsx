import type { Args, Reply } from '../../shared/ipc/bridge.ts';
import { destinationOf } from '../../shared/ssh-destination.ts';
import { Button, SubmitButton } from '../components/button.tsx';
import { CheckBox, Field, Select } from '../components/field.tsx';
import { Form, useDraft } from '../components/form.tsx';
import { Problem } from '../components/notice.tsx';
import { Panel } from '../components/panel.tsx';
import { useCall } from '../hooks/use-call.ts';
import { useWindow } from '../window-context.ts';
import { type Mapping, MappingsEditor, problemOfMapping } from './mappings-editor.tsx';

type Target = Reply<'listTargets'>['targets'][number];
type RestartPolicy = Target['restart'];

const POLICIES = [
  'on-reconnect',
  'when-stopped',
  'always',
  'never',
] as const satisfies readonly RestartPolicy[];

interface Values {
  readonly name: string;
  readonly place: 'here' | 'elsewhere';
  readonly dir: string;
  readonly envFile: string;
  readonly composeFiles: string;
  readonly service: string;
  readonly destination: string;
  readonly port: string;
  readonly sudo: boolean;
  readonly sessionJson: boolean;
  readonly mappings: readonly Mapping[];
  readonly restart: RestartPolicy;
}

const NEW: Values = {
  name: '',
  place: 'here',
  dir: '',
  envFile: 'config/.env',
  composeFiles: '',
  service: '',
  destination: '',
  port: '',
  sudo: false,
  sessionJson: false,
  mappings: [
    { key: 'ONEFLEX_TOKEN', source: 'oneflex:access' },
    { key: 'ONEFLEX_REFRESH_TOKEN', source: 'oneflex:refresh' },
  ],
  restart: 'on-reconnect',
};

/** Everything there is to say about a bot. `target`: the one to change, else a new one. */
export function TargetForm({
  target,
  onClose,
  onSaved,
}: {
  readonly target: Target | undefined;
  readonly onClose: () => void;
  readonly onSaved?: (name: string) => void;
}) {
  const { jeton, state, t } = useWindow();
  const save = useCall(jeton.saveTarget);
  const choose = useCall(jeton.chooseFolder);
  const draft = useDraft(target === undefined ? NEW : valuesOf(target), (values) => ({
    name: /^[A-Za-z0-9][\w.-]{0,63}$/.test(values.name.trim()) ? undefined : t('form.bot.name.invalid'),
    dir: isWholePath(values.dir.trim(), values.place) ? undefined : t('form.bot.dir.invalid'),
    envFile: values.envFile.trim() === '' ? t('field.required') : undefined,
    destination:
      values.place === 'here' || /^(?!-)[^\s@-][^\s@]*(@(?!-)[^\s@]+)?$/.test(machineOf(values).destination)
        ? undefined
        : t('form.bot.ssh.invalid'),
    port: values.place === 'here' || isPort(machineOf(values).port) ? undefined : t('form.bot.port.invalid'),
    mappings: values.mappings.some((_, index) => problemOfMapping(values.mappings, index, t) !== undefined)
      ? t('form.bot.mapping.invalid')
      : undefined,
  }));
  const { values, problems, set } = draft;
  const isElsewhere = values.place === 'elsewhere';
  const title = target === undefined ? t('form.bot.add') : t('form.bot.edit', { name: target.name });
  return (
    <Panel label={title} onClose={onClose}>
      <Form
        label={title}
        onSend={async () => {
          const checked = draft.check();
          if (checked === undefined || save.isPending) return;
          const result = await save.run({
            target: targetOf(checked),
            ...(target !== undefined && { replaces: target.name }),
          });
          if (result?.ok !== true) return;
          onSaved?.(checked.name.trim());
          onClose();
        }}
      >
        <h2>{title}</h2>
        <div className="form-pair">
          <Field
            label={t('form.bot.name')}
            hint={t('form.bot.name.hint')}
            value={values.name}
            problem={problems.name}
            onChange={(value) => set('name', value)}
          />
          <Select
            label={t('form.bot.where')}
            value={values.place}
            options={[
              ['here', t('form.bot.here')],
              ['elsewhere', t('form.bot.elsewhere')],
            ]}
            onChange={(place) => set('place', place)}
          />
        </div>
        {isElsewhere && (
          <div className="form-pair">
            <Field
              label={t('form.bot.ssh')}
              hint={t('form.bot.ssh.hint')}
              value={values.destination}
              problem={problems.destination}
              onChange={(value) => set('destination', value)}
            />
            <Field
              kind="number"
              isOptional
              label={t('form.bot.port')}
              placeholder="22"
              value={values.port}
              problem={problems.port}
              onChange={(value) => set('port', value)}
            />
          </div>
        )}
        <Field
          isMono
          label={t('form.bot.dir')}
          hint={t(isElsewhere ? 'form.bot.dir.remote' : 'form.bot.dir.hint')}
          value={values.dir}
          problem={problems.dir}
          onChange={(value) => set('dir', value)}
        >
          {isElsewhere ? undefined : (
            <Button
              isPending={choose.isPending}
              onPress={async () => {
                const result = await choose.run();
                if (result?.ok === true && result.value.path !== null) set('dir', result.value.path);
              }}
            >
              {t('form.bot.dir.choose')}
            </Button>
          )}
        </Field>
        <div className="form-pair">
          <Field
            isMono
            label={t('form.bot.env-file')}
            hint={t('form.bot.env-file.hint')}
            value={values.envFile}
            problem={problems.envFile}
            onChange={(value) => set('envFile', value)}
          />
          <Select
            label={t('form.bot.restart')}
            value={values.restart}
            options={POLICIES.map((policy) => [policy, t(`bot.policy.${policy}`)])}
            onChange={(restart) => set('restart', restart)}
          />
        </div>
        <MappingsEditor
          mappings={values.mappings}
          slack={state.snapshot.integrations.filter(({ kind }) => kind === 'slack')}
          showsProblems={problems.mappings !== undefined}
          onChange={(mappings) => set('mappings', mappings)}
        />
        <details className="more">
          <summary>{t('form.bot.more')}</summary>
          <div className="form">
            <div className="form-pair">
              <Field
                isOptional
                label={t('form.bot.service')}
                hint={t('form.bot.service.hint')}
                value={values.service}
                onChange={(value) => set('service', value)}
              />
              <Field
                kind="lines"
                isOptional
                label={t('form.bot.compose-files')}
                hint={t('form.bot.compose-files.hint')}
                value={values.composeFiles}
                onChange={(value) => set('composeFiles', value)}
              />
            </div>
            <CheckBox label={t('form.bot.sudo')} isOn={values.sudo} onChange={(isOn) => set('sudo', isOn)} />
            <CheckBox
              label={t('form.bot.session-json')}
              isOn={values.sessionJson}
              onChange={(isOn) => set('sessionJson', isOn)}
            />
          </div>
        </details>
        {choose.state.kind === 'failed' && (
          <Problem explanation={choose.state.error} onDismiss={choose.dismiss} />
        )}
        {save.state.kind === 'failed' && <Problem explanation={save.state.error} onDismiss={save.dismiss} />}
        <div className="actions">
          <SubmitButton isPending={save.isPending}>{t('action.save')}</SubmitButton>
          <Button onPress={onClose}>{t('action.cancel')}</Button>
        </div>
      </Form>
    </Panel>
  );
}

function valuesOf(target: Target): Values {
  return {
    ...target,
    place: target.ssh === undefined ? 'here' : 'elsewhere',
    composeFiles: target.composeFiles.join('\n'),
    service: target.service ?? '',
    destination: target.ssh?.destination ?? '',
    port: target.ssh?.port === undefined ? '' : String(target.ssh.port),
  };
}

function targetOf(values: Values): Args<'saveTarget'>['target'] {
  const service = values.service.trim();
  const { destination, port } = machineOf(values);
  return {
    name: values.name.trim(),
    dir: values.dir.trim(),
    envFile: values.envFile.trim(),
    composeFiles: values.composeFiles
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
    ...(service !== '' && { service }),
    ...(values.place === 'elsewhere' && {
      ssh: { destination, ...(port !== '' && { port: Number(port) }) },
    }),
    sudo: values.sudo,
    sessionJson: values.sessionJson,
    mappings: values.mappings.map(({ key, source }) => ({ key: key.trim(), source })),
    restart: values.restart,
  };
}

/** As `requireTarget` has it. */
function isWholePath(path: string, place: Values['place']): boolean {
  return place === 'elsewhere' ? path.startsWith('/') : /^([/\\]|[A-Za-z]:)/.test(path);
}

/** Whoever types host:port means the port, as on the command line. */
function machineOf(values: Pick<Values, 'destination' | 'port'>): {
  readonly destination: string;
  readonly port: string;
} {
  const { destination, port } = destinationOf(values.destination.trim());
  return { destination, port: values.port.trim() || (port === undefined ? '' : String(port)) };
}

function isPort(text: string): boolean {
  return text === '' || (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535);
}
