import { errors, jwtVerify, SignJWT } from 'jose';
import { ENVIRONMENTS, type Environment } from '@encaisse/kernel';
import { type Caller, ROOT_NODE, TOKEN_SCOPES, type TokenScope } from './caller';

const ISSUER = 'encaisse';
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

  constructor(private readonly key: Uint8Array) {}

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
    displayName: typeof payload['name'] === 'string' ? payload['name'] : '',
    nodeId: typeof payload['node'] === 'string' ? payload['node'] : ROOT_NODE,
    environment,
    scopes: TOKEN_SCOPES.filter((scope) => scopes.includes(scope)),
  };
}
