import { Injectable } from '@nestjs/common';
import { ACTIONS, looksLikeApiKey, type Machine, Machines } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { Tokens } from '@encaisse/platform/http';
import { SignInThrottle } from '../sign-in/sign-in-throttle';
import type { TokenError, TokenRequest } from './oauth-request';

export const TOKEN_SECONDS = 600;

/** A token as RFC 6749 §5.1 has it, with the machine it is for. */
export type GivenToken = {
  readonly machine: Machine;
  readonly token: string;
  readonly scope: string;
};

/** Gives short tokens for API keys (RFC 6749 §4.4). */
@Injectable()
export class TokenEndpoint {
  constructor(
    private readonly machines: Machines,
    private readonly tokens: Tokens,
    private readonly throttle: SignInThrottle,
    private readonly clock: Clock,
  ) {}

  /** Throws a problem when the address failed too often. */
  async give(request: TokenRequest, address: string): Promise<GivenToken | TokenError> {
    await this.throttle.take(address);
    const machine = await this.machineOf(request);
    if (machine === null)
      return { error: 'invalid_client', error_description: 'the key is unknown or not in force' };
    await this.throttle.giveBack(address);
    const actions = narrowed(machine, request.scope);
    if (actions === null)
      return { error: 'invalid_scope', error_description: 'the key does not allow all of it' };
    const { keyId, secretId } = machine;
    const limits = request.scope === null ? null : new Set(actions);
    const token = await this.tokens.issueForKey(
      { keyId, secretId, actions: limits },
      TOKEN_SECONDS,
    );
    return { machine, token, scope: actions.join(' ') };
  }

  /** The secret may be the whole key, which people have at hand, or its last part alone. */
  private async machineOf({ clientId, clientSecret }: TokenRequest): Promise<Machine | null> {
    const at = this.clock.now();
    if (!looksLikeApiKey(clientSecret)) return this.machines.bySecret(clientId, clientSecret, at);
    const machine = await this.machines.byKey(clientSecret, at);
    return machine?.keyId === clientId ? machine : null;
  }
}

/** The actions of a scope, all of the key's without one; null when the key does not allow them. */
function narrowed({ actions }: Machine, scope: string | null): readonly string[] | null {
  if (scope === null) return actions;
  const wanted = new Set(scope.split(' '));
  const held = new Set<string>(actions);
  if (![...wanted].every((one) => held.has(one))) return null;
  return ACTIONS.filter((action) => wanted.has(action));
}
