import { useEffect, useState } from 'react';
import type { Language } from '../../shared/messages/language.ts';
import { loadWindowMessages, type WindowMessages } from '../../shared/messages/window/window-messages.ts';

/** The window's words. While another language is loaded, the one before it stays. */
export function useMessages(language: Language, locale: string): WindowMessages | undefined {
  const [messages, setMessages] = useState<WindowMessages>();
  useEffect(() => {
    let isWanted = true;
    void loadWindowMessages(language, locale).then((loaded) => {
      if (!isWanted) return;
      document.documentElement.lang = language;
      setMessages(loaded);
    });
    return () => {
      isWanted = false;
    };
  }, [language, locale]);
  return messages;
}
