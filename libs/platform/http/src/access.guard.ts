import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { RequestWithCaller, TokenScope } from './caller';
import { COMMON_PROBLEMS, Problem } from './problem';
import { Tokens } from './tokens';

const NEEDS = Symbol('needs');
const PUBLIC = Symbol('public');

/** Declares what the caller's token must allow. Every route has this or `Public`. */
export const Needs = (scope: TokenScope) => SetMetadata(NEEDS, scope);

/** Declares a route that needs no token. */
export const Public = () => SetMetadata(PUBLIC, true);

/** Lets a request through when its token is valid and allows the route. Deny by default. */
@Injectable()
export class TokenGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: Tokens,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<RequestWithCaller>();
    const caller = await this.callerOf(request.headers.authorization);
    if (!caller) {
      const detail = 'send Authorization: Bearer <token>; the start of the product prints one';
      throw new Problem('unauthenticated', COMMON_PROBLEMS.unauthenticated, detail);
    }
    const scope = this.reflector.getAllAndOverride<TokenScope | undefined>(NEEDS, targets);
    if (!scope || !caller.scopes.includes(scope)) {
      const detail = scope ? `the token lacks the right « ${scope} »` : 'no right opens this route';
      throw new Problem('forbidden', COMMON_PROBLEMS.forbidden, detail);
    }
    request.caller = caller;
    return true;
  }

  private async callerOf(header: string | undefined) {
    if (!header?.startsWith('Bearer ')) return null;
    return this.tokens.verify(header.slice('Bearer '.length).trim());
  }
}
