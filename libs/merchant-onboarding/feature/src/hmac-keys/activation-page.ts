import type { ConfirmHmacKeyRefusal } from '@encaisse/merchant-onboarding/domain';
import { CONFIRM_PROBLEMS } from './hmac-key-problems';

/** The page holds a secret in its address: nobody keeps it, frames it or is told where it led from. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
} as const;

type Refusal = ConfirmHmacKeyRefusal['code'];

/** What the page says of a link that confirms nothing, with the status of the same refusal elsewhere. */
export const ACTIVATION_REFUSED: Readonly<
  Record<Refusal, { readonly status: number; readonly text: string }>
> = {
  'key-link-unknown': {
    status: CONFIRM_PROBLEMS['key-link-unknown'].status,
    text: 'Ce lien ne correspond à aucune clé. Vérifiez qu’il est complet.',
  },
  'key-link-used': {
    status: CONFIRM_PROBLEMS['key-link-used'].status,
    text: 'Ce lien a déjà servi : la clé a déjà été activée.',
  },
  'key-link-ended': {
    status: CONFIRM_PROBLEMS['key-link-ended'].status,
    text: 'Ce lien n’est plus valable. Créez une nouvelle clé dans les paramètres.',
  },
};

const WARNING =
  'Méfiez-vous des faux messages : personne, pas même l’assistance, ne vous demandera votre clé.';

/** Asks whoever followed the link to put the key in force. The token is of letters HTML takes as they are. */
export function askPage(token: string): string {
  return page(
    'Activer votre clé HMAC',
    `<p>La clé que vous avez créée entrera en vigueur tout de suite, et l’ancienne cessera de fonctionner.
Votre site doit utiliser la nouvelle clé dès maintenant.</p>
<form method="post" action="/hmac/activate">
<input type="hidden" name="id" value="${token}">
<button type="submit">Activer la clé</button>
</form>`,
  );
}

export function donePage(): string {
  return page(
    'Votre clé est activée',
    '<p role="status">La clé est en vigueur : votre site doit l’utiliser dès maintenant.</p>',
  );
}

export function refusedPage(code: Refusal): string {
  return page('La clé n’est pas activée', `<p role="alert">${ACTIVATION_REFUSED[code].text}</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="fr">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
  body { margin: 0 auto; max-width: 38rem; padding: 2rem 1rem; font: 16px/1.5 system-ui, sans-serif; color: #1c2733; }
  h1 { font-size: 1.4rem; }
  button { font: inherit; padding: .6rem 1.2rem; border: 0; border-radius: .3rem; background: #0b5cad; color: #fff; }
  button:focus-visible { outline: 3px solid #1c2733; outline-offset: 2px; }
  small { color: #4a5866; }
</style></head>
<body><main><h1>${title}</h1>
${body}
<p><small>${WARNING}</small></p></main></body>
</html>
`;
}
