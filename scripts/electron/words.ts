/** What a person reads who has no Electron. */
import type { Catalogue, TranslationOf } from '../../src/shared/messages/catalogue.ts';
import { chooseLanguage, localeFor } from '../../src/shared/messages/language.ts';
import { createMessages, type MessagesOf } from '../../src/shared/messages/messages.ts';
import type { Unavailable } from './find-electron.ts';

const en = {
  downloading: 'Downloading Electron from {host}: {percent} %',
  explanation: '{reason} {waysOut}',
  'reason.not-in-folder':
    'ELECTRON_OVERRIDE_DIST_PATH names {folder}, and Electron’s program is not in that folder.',
  'reason.unreachable':
    'Jeton’s window and tray icon run on Electron, whose program is downloaded once, from {host}: this network does not reach it ({code}).',
  'reason.refused':
    'Jeton’s window and tray icon run on Electron, whose program is downloaded once, from {host}: it answered with status {status}.',
  'reason.stalled':
    'Jeton’s window and tray icon run on Electron, whose program is downloaded once, from {host}: nothing has arrived for {seconds} s.',
  'reason.unusable':
    'Jeton’s window and tray icon run on Electron, whose program was downloaded but cannot be used: {reason}.',
  waysOut:
    'Ways out: set ELECTRON_MIRROR to a mirror that you reach (ending with /); or set electron_config_cache to a folder into which somebody downloaded it, or ELECTRON_OVERRIDE_DIST_PATH to one where it is unpacked; or do without it: “npm run -s jeton -- --help” does everything but the tray icon, and “npm run preview” shows the application in Chromium.',
} as const satisfies Catalogue;

const fr: TranslationOf<typeof en> = {
  downloading: 'Téléchargement d’Electron depuis {host} : {percent} %',
  explanation: '{reason} {waysOut}',
  'reason.not-in-folder':
    'ELECTRON_OVERRIDE_DIST_PATH désigne {folder}, et le programme d’Electron n’est pas dans ce dossier.',
  'reason.unreachable':
    'La fenêtre et l’icône de Jeton fonctionnent avec Electron, dont le programme se télécharge une fois, depuis {host} : ce réseau n’y accède pas ({code}).',
  'reason.refused':
    'La fenêtre et l’icône de Jeton fonctionnent avec Electron, dont le programme se télécharge une fois, depuis {host} : la réponse a été le statut {status}.',
  'reason.stalled':
    'La fenêtre et l’icône de Jeton fonctionnent avec Electron, dont le programme se télécharge une fois, depuis {host} : rien n’est arrivé pendant {seconds} s.',
  'reason.unusable':
    'La fenêtre et l’icône de Jeton fonctionnent avec Electron, dont le programme a été téléchargé mais ne peut pas servir : {reason}.',
  waysOut:
    'Pour en sortir : donnez à ELECTRON_MIRROR l’adresse d’un miroir que vous atteignez (terminée par /) ; ou à electron_config_cache celle d’un dossier où quelqu’un l’a téléchargé, ou à ELECTRON_OVERRIDE_DIST_PATH celle d’un dossier où il est décompressé ; ou passez-vous-en : « npm run -s jeton -- --help » fait tout sauf l’icône, et « npm run preview » montre l’application dans Chromium.',
};

type Words = MessagesOf<typeof en>;

export function chooseWords(env: NodeJS.ProcessEnv): Words {
  const language = chooseLanguage({ env });
  return createMessages<typeof en>(language === 'fr' ? fr : en, language, localeFor(language, env));
}

/** One paragraph: what is missing, why, and the ways out. */
export function explain({ t }: Words, unavailable: Unavailable): string {
  return t('explanation', { reason: reasonIn({ t }, unavailable), waysOut: t('waysOut') });
}

function reasonIn({ t }: Pick<Words, 't'>, unavailable: Unavailable): string {
  switch (unavailable.kind) {
    case 'not-in-folder':
      return t('reason.not-in-folder', { folder: unavailable.folder });
    case 'unreachable':
      return t('reason.unreachable', { host: unavailable.host, code: unavailable.code });
    case 'refused':
      return t('reason.refused', { host: unavailable.host, status: unavailable.status });
    case 'stalled':
      return t('reason.stalled', { host: unavailable.host, seconds: unavailable.seconds });
    case 'unusable':
      return t('reason.unusable', { reason: unavailable.reason });
  }
}
