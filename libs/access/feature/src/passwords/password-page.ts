import { createHash } from 'node:crypto';

const STYLE = `
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 4rem auto; padding: 0 1rem; }
  label { display: block; margin-top: 1rem; }
  input { width: 100%; padding: .5rem; font: inherit; box-sizing: border-box; }
  button { margin-top: 1.5rem; padding: .6rem 1.2rem; font: inherit; }
  [role=status] { margin-top: 1rem; font-weight: 600; }`;

/** Sends the token from behind the hash, which no server sees otherwise; tells the quality while typed. */
const SCRIPT = `
  const form = document.querySelector('form');
  const said = document.querySelector('[role=status]');
  const send = (path, body) => fetch(path, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  });
  form.first.addEventListener('input', async () => {
    const answer = await send('/api/v1/password-quality', { password: form.first.value });
    const { label } = await answer.json();
    document.querySelector('output').textContent = label.fr;
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = await send('/api/v1/one-time-links/password', {
      token: location.hash.slice(1),
      newPassword: form.first.value,
      newPasswordRepeated: form.second.value,
    });
    const body = await answer.json();
    if (answer.ok) form.hidden = true;
    said.textContent = answer.ok
      ? 'Votre mot de passe est enregistré. Identifiant : ' + body.login
      : body.title + (body.detail ? ' (' + body.detail + ')' : '');
  });`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Only this page's own script and style run, and they talk to this product alone. */
export const PASSWORD_PAGE_POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)}`,
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Where people choose a password until the portal has a page of its own. */
export const PASSWORD_PAGE = `<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Choisir un mot de passe</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Choisir un mot de passe</h1>
<p>Au moins 15 caractères, avec majuscules, minuscules, chiffres et autres signes.</p>
<form>
<label>Nouveau mot de passe
<input name="first" type="password" autocomplete="new-password" required maxlength="128"></label>
<p>Qualité : <output>–</output></p>
<label>Encore une fois
<input name="second" type="password" autocomplete="new-password" required maxlength="128"></label>
<button>Enregistrer</button>
</form>
<p role="status"></p>
<script>${SCRIPT}</script>
</body>
</html>
`;
