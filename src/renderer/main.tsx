import './styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { loadWindowMessages } from '../shared/messages/window/window-messages.ts';
import { App } from './app.tsx';
import { bridge } from './bridge.ts';

const guess = navigator.language.startsWith('fr')
  ? ({ language: 'fr', locale: 'fr-FR' } as const)
  : ({ language: 'en', locale: 'en-GB' } as const);
// They are on their way while the page is put together, and there when it asks for them.
void loadWindowMessages(guess.language, guess.locale);

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App jeton={bridge()} guess={guess} />
  </StrictMode>,
);
