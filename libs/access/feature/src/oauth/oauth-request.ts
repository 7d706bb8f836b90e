/** What a machine asks of the token endpoint. */
export type TokenRequest = {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Null for all that the key allows. */
  readonly scope: string | null;
};

/** Why no token is given. Source: RFC 6749 §5.2. */
export type TokenError = {
  readonly error: 'invalid_request' | 'invalid_client' | 'unsupported_grant_type' | 'invalid_scope';
  readonly error_description: string;
};

const BASIC = /^Basic +([\w+/=-]+) *$/i;
const FORM = /^application\/x-www-form-urlencoded(?:;|$)/i;
const KNOWN = ['grant_type', 'client_id', 'client_secret', 'scope'] as const;
type Form = Partial<Record<(typeof KNOWN)[number], string>>;

/** Reads a request for a token; unknown parameters are passed over, as RFC 6749 §3.2 asks. */
export function readTokenRequest(
  contentType: string | undefined,
  body: unknown,
  authorization: string | undefined,
): TokenRequest | TokenError {
  if (contentType === undefined || !FORM.test(contentType) || !isRecord(body))
    return refuse('invalid_request', 'send application/x-www-form-urlencoded');
  const form: Form = {};
  for (const name of KNOWN) {
    const value = body[name];
    if (value === undefined || value === '') continue;
    if (typeof value !== 'string') return refuse('invalid_request', `${name} is given twice`);
    form[name] = value;
  }
  if (form.grant_type === undefined) return refuse('invalid_request', 'grant_type is missing');
  if (form.grant_type !== 'client_credentials')
    return refuse('unsupported_grant_type', 'only client_credentials is known');
  return withCredentials(form, authorization);
}

function withCredentials(form: Form, authorization: string | undefined): TokenRequest | TokenError {
  const scope = form.scope ?? null;
  if (authorization === undefined) {
    const { client_id: clientId, client_secret: clientSecret } = form;
    if (clientId === undefined || clientSecret === undefined)
      return refuse('invalid_client', 'client_id and client_secret are needed');
    return { clientId, clientSecret, scope };
  }
  if (form.client_secret !== undefined)
    return refuse('invalid_request', 'give the credentials in one place');
  const basic = basicCredentials(authorization);
  if (basic === null) return refuse('invalid_client', 'the Authorization header is not Basic');
  if (form.client_id !== undefined && form.client_id !== basic.clientId)
    return refuse('invalid_request', 'client_id differs from the Authorization header');
  return { ...basic, scope };
}

/** Both parts are encoded like form fields before they are joined (RFC 6749 §2.3.1). */
function basicCredentials(authorization: string) {
  const [, encoded] = BASIC.exec(authorization) ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  try {
    const [clientId, clientSecret] = [text.slice(0, colon), text.slice(colon + 1)].map((part) =>
      decodeURIComponent(part.replaceAll('+', ' ')),
    ) as [string, string];
    return { clientId, clientSecret };
  } catch {
    return null;
  }
}

function isRecord(body: unknown): body is Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

function refuse(error: TokenError['error'], description: string): TokenError {
  return { error, error_description: description };
}
