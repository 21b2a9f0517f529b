import { useEffect } from 'react';
import { Button } from '../../components/button.tsx';
import { Problem } from '../../components/notice.tsx';
import { useCall } from '../../hooks/use-call.ts';
import { useWindow } from '../../window-context.ts';

/** Under which terms Jeton is given, and all that is packed with it. */
export function Licences() {
  const { jeton, t } = useWindow();
  const { run, state, last } = useCall(jeton.readLicences);
  useEffect(() => void run(), [run]);
  return (
    <section className="part" aria-label={t('about.licences')}>
      <h2>{t('about.licences')}</h2>
      <p className="quiet">{t('about.licences.lead')}</p>
      {state.kind === 'failed' && (
        <Problem explanation={state.error}>
          <Button onPress={() => run()}>{t('action.retry')}</Button>
        </Problem>
      )}
      {last?.licences.map(({ name, text }) => (
        <details key={name} className="more">
          <summary>{name}</summary>
          {/* Who scrolls by keys has to be able to come here. */}
          <div className="output" role="region" aria-label={t('about.licences.text', { name })} tabIndex={0}>
            <pre>{text}</pre>
          </div>
        </details>
      ))}
    </section>
  );
}
