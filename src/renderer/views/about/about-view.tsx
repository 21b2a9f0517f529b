import { useEffect, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { CallButton } from '../../components/call-button.tsx';
import { Facts, type Fact } from '../../components/facts.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { useCall } from '../../hooks/use-call.ts';
import { useWindow, type WindowContext } from '../../window-context.ts';
import { Licences } from './licences.tsx';

/** Which Jeton this is, where it keeps its things, and whether all around it is as it should be. */
export function AboutView() {
  const { jeton, state, t, goTo } = useWindow();
  const examine = useCall(jeton.examine);
  const copy = useCall(jeton.copyText);
  const [areLicencesShown, showLicences] = useState(false);
  const { run } = examine;
  // The words of a report are in the language it was made in.
  useEffect(() => void run(), [run, state.language]);
  const facts = examine.last?.facts;
  return (
    <div className="view">
      <div className="view-inner view-narrow">
        <header className="view-head">
          <div>
            <h1>{t('about.title')}</h1>
            <p className="quiet">{t('about.lead')}</p>
          </div>
        </header>
        <dl className="ids about-ids">
          <dt>Jeton</dt>
          <dd>{t('about.version', { version: state.version })}</dd>
          <dt>{t('about.home')}</dt>
          <dd>
            <code>{state.homeFolder}</code>
          </dd>
        </dl>
        <div className="actions">
          <CallButton icon="folder" call={() => jeton.openFolder({ folder: 'home' })}>
            {t('about.open-home')}
          </CallButton>
          <CallButton icon="folder" call={() => jeton.openFolder({ folder: 'logs' })}>
            {t('about.open-logs')}
          </CallButton>
          <Button onPress={() => goTo('activity', { kind: 'log' })}>{t('trouble.log')}</Button>
          <Button onPress={() => showLicences(!areLicencesShown)} isExpanded={areLicencesShown}>
            {t('about.licences')}
          </Button>
        </div>

        {areLicencesShown && <Licences />}

        <section className="part" aria-label={t('about.examine')}>
          <div className="panel-head">
            <h2>{t('about.examine')}</h2>
            <div className="actions">
              {facts !== undefined && (
                <Button
                  onPress={() => copy.run({ text: textOf(facts, state.version, t) })}
                  isPending={copy.isPending}
                >
                  {t('about.examine.copy')}
                </Button>
              )}
              <Button onPress={() => run()} isPending={examine.isPending}>
                {t('about.examine.again')}
              </Button>
            </div>
          </div>
          {copy.state.kind === 'done' && (
            <Notice tone="good" onDismiss={copy.dismiss}>
              <p>{t('said.copied')}</p>
            </Notice>
          )}
          {copy.state.kind === 'failed' && (
            <Problem explanation={copy.state.error} onDismiss={copy.dismiss} />
          )}
          {examine.state.kind === 'failed' && <Problem explanation={examine.state.error} />}
          <p className="quiet" role="status">
            {examine.isPending && facts === undefined && t('about.examine.running')}
            {facts !== undefined && <Summary facts={facts} />}
          </p>
          {facts !== undefined && <Facts facts={facts} label={t('about.examine')} />}
        </section>
      </div>
    </div>
  );
}

function Summary({ facts }: { readonly facts: readonly Fact[] }) {
  const { t } = useWindow();
  const count = (tone: Fact['tone']): number => facts.filter((fact) => fact.tone === tone).length;
  const said = [
    count('problem') > 0 ? t('about.examine.problems', { count: count('problem') }) : '',
    count('warning') > 0 ? t('about.examine.notes', { count: count('warning') }) : '',
  ].filter(Boolean);
  return said.length === 0 ? t('about.examine.well') : said.join(' · ');
}

function textOf(facts: readonly Fact[], version: string, t: WindowContext['t']): string {
  const lines = facts.map(({ label, text, tone, remedy }) =>
    [`${tone === 'plain' ? '' : `[${tone}] `}${t('said.of', { label, text })}`, remedy]
      .filter(Boolean)
      .join(' · '),
  );
  return [`Jeton ${version}`, ...lines].join('\n');
}
