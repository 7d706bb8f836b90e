import { errors, jwtVerify, SignJWT } from 'jose';
import { ENVIRONMENTS, type Environment } from '@encaisse/kernel';
import type { MachineToken } from '@encaisse/platform/access';
import { type Caller, ROOT_NODE } from './caller';
import { actionsOfScopes, TOKEN_SCOPES, type TokenScope } from './scopes';

const ISSUER = 'encaisse';
/** Tokens given to machines for their key: another issuer, so that neither kind passes for the other. */
const MACHINE_ISSUER = 'encaisse/machines';
const CACHE_LIMIT = 10_000;

/** What a token is issued for. */
export type TokenGrant = {
  readonly login: string;
  readonly displayName: string;
  readonly nodeId: string;
  readonly environment: Environment;
  readonly scopes: readonly TokenScope[];
  readonly lifetimeSeconds: number;
};

type Cached = { readonly caller: Caller; readonly expiresAt: number };

/** Signs and checks bearer tokens (JWT, HS256). The key never leaves the installation. */
export class Tokens {
  private readonly verified = new Map<string, Cached>();

  /** @param isDevelopment whether tokens of development are good for anything: never in production */
  constructor(
    private readonly key: Uint8Array,
    private readonly isDevelopment = true,
  ) {}

  /**
   * A short token that stands for an API key (RFC 6749 §4.4). What it opens is read from the key at
   * each request; a token can say less than its key, never more.
   */
  issueForKey(
    { keyId, secretId, actions }: MachineToken,
    lifetimeSeconds: number,
  ): Promise<string> {
    return new SignJWT({ secret: secretId, ...(actions && { scope: [...actions].join(' ') }) })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(MACHINE_ISSUER)
      .setSubject(keyId)
      .setIssuedAt()
      .setExpirationTime(`${lifetimeSeconds}s`)
      .sign(this.key);
  }

  /** What a token says of its API key; null when it is forged, expired or of another kind. */
  async keyOf(token: string): Promise<MachineToken | null> {
    try {
      const { payload } = await jwtVerify(token, this.key, {
        issuer: MACHINE_ISSUER,
        algorithms: ['HS256'],
        requiredClaims: ['sub', 'exp', 'secret'],
      });
      const { sub, secret, scope } = payload;
      if (typeof sub !== 'string' || typeof secret !== 'string') return null;
      const actions = typeof scope === 'string' ? new Set(scope.split(' ')) : null;
      return { keyId: sub, secretId: secret, actions };
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
      throw error;
    }
  }

  async issue(grant: TokenGrant): Promise<string> {
    return new SignJWT({
      name: grant.displayName,
      node: grant.nodeId,
      env: grant.environment,
      scopes: [...grant.scopes],
    })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(ISSUER)
      .setSubject(grant.login)
      .setIssuedAt()
      .setExpirationTime(`${grant.lifetimeSeconds}s`)
      .sign(this.key);
  }

  /** The caller a token stands for, null when it is forged, expired or malformed. */
  async verify(token: string): Promise<Caller | null> {
    if (!this.isDevelopment) return null;
    const cached = this.verified.get(token);
    if (cached) return cached.expiresAt > Date.now() ? cached.caller : null;
    try {
      const { payload } = await jwtVerify(token, this.key, {
        issuer: ISSUER,
        algorithms: ['HS256'],
        requiredClaims: ['sub', 'exp'],
      });
      const caller = callerOf(payload);
      if (this.verified.size >= CACHE_LIMIT) this.verified.clear();
      this.verified.set(token, { caller, expiresAt: (payload.exp ?? 0) * 1000 });
      return caller;
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
      throw error;
    }
  }
}

function callerOf(payload: Readonly<Record<string, unknown>>): Caller {
  const environment = ENVIRONMENTS.find((one) => one === payload['env']);
  if (!environment) throw new TypeError('the token names no environment');
  const scopes = Array.isArray(payload['scopes']) ? payload['scopes'] : [];
  return {
    actor: { kind: 'person', login: String(payload['sub']) },
    person: null,
    nodeId: typeof payload['node'] === 'string' ? payload['node'] : ROOT_NODE,
    environment,
    actions: actionsOfScopes(TOKEN_SCOPES.filter((scope) => scopes.includes(scope))),
  };
}
