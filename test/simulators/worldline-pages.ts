/** The pages that a person sees on the way into OneFlex, as bare as they can be. */

export function page(title: string, body: string, script = ''): string {
  const scripted = script === '' ? '' : `<script>${script}</script>`;
  return `<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1>${body}${scripted}</body></html>`;
}

export interface Question {
  readonly step: string;
  readonly label: string;
  readonly type: 'email' | 'password' | 'text';
  readonly button: string;
}

/** A form that posts one answer to the address it is on. */
export function questionPage(
  { step, label, type, button }: Question,
  flow: string,
  complaint = '',
  script = '',
): string {
  const said = complaint === '' ? '' : `<p role="alert">${complaint}</p>`;
  return page(
    'Se connecter à votre compte',
    `${said}<form method="post"><input type="hidden" name="flow" value="${flow}">
    <label>${label} <input name="answer" type="${type}" autocomplete="${step === 'code' ? 'off' : 'on'}" required autofocus></label><button>${button}</button></form>`,
    script,
  );
}

export function stayPage(flow: string): string {
  const button = (value: string, text: string): string =>
    `<button name="answer" value="${value}">${text}</button>`;
  return page(
    'Rester connecté ?',
    `<form method="post"><input type="hidden" name="flow" value="${flow}">${button('no', 'Non')}${button('yes', 'Oui')}</form>`,
  );
}

/** How an identity provider hands its answer over: a form that submits itself to another host. */
export function handOverPage(action: string, fields: Readonly<Record<string, string>>): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
  );
  return page(
    'Redirection',
    `<form method="post" action="${action}">${inputs.join('')}</form>`,
    'document.forms[0].submit()',
  );
}
