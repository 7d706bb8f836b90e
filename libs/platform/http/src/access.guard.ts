import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Action, isCsrfToken, type SignInGate } from '@encaisse/platform/access';
import type { Caller, RequestWithCaller } from './caller';
import { COMMON_PROBLEMS, Problem, problems } from './problem';

export const NEEDS = Symbol('needs');
export const PUBLIC = Symbol('public');
const GATES = Symbol('gates');

/** Declares the action a route needs. Every route has this or `Public`. */
export const Needs = (action: Action) => SetMetadata(NEEDS, action);

/** Declares a route that anybody may call. */
export const Public = () => SetMetadata(PUBLIC, true);

/** Declares a route that serves a session before it has passed all the gates of signing in. */
export const DuringSignIn = (...gates: readonly SignInGate[]) => SetMetadata(GATES, gates);

const GATE_PROBLEMS = problems({
  'second-factor-needed': { status: 403, title: 'The second factor is still to be given' },
  'password-change-needed': { status: 403, title: 'The password must be changed first' },
  'terms-not-accepted': { status: 403, title: 'The terms of use must be accepted first' },
  'csrf-token-wrong': {
    status: 403,
    title: 'The token against forged requests is missing or wrong',
  },
});

const GATE_CODES: Readonly<Record<SignInGate, keyof typeof GATE_PROBLEMS>> = {
  'second-factor': 'second-factor-needed',
  password: 'password-change-needed',
  terms: 'terms-not-accepted',
};

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Lets a request through when its caller is known and may do what the route does. Deny by default. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<RequestWithCaller>();
    if (request.authenticationFailure) throw request.authenticationFailure;
    const { caller } = request;
    if (!caller) {
      const detail = 'sign in, or send Authorization: Bearer with a key or token that is in force';
      throw new Problem('unauthenticated', COMMON_PROBLEMS.unauthenticated, detail);
    }
    const gates = this.reflector.getAllAndOverride<SignInGate[] | undefined>(GATES, targets);
    checkSession(request, caller, gates ?? []);
    const action = this.reflector.getAllAndOverride<Action | undefined>(NEEDS, targets);
    if (!action || !caller.actions.has(action)) {
      const detail = action ? `the right « ${action} » is lacking` : 'no right opens this route';
      throw new Problem('forbidden', COMMON_PROBLEMS.forbidden, detail);
    }
    return true;
  }
}

/** For routes that do one of several things: refuses what the caller may not do. */
export function demand(caller: Caller, action: Action): void {
  if (!caller.actions.has(action))
    throw new Problem('forbidden', COMMON_PROBLEMS.forbidden, `the right « ${action} » is lacking`);
}

function checkSession(
  request: RequestWithCaller,
  { person }: Caller,
  gates: readonly SignInGate[],
): void {
  if (!person) return;
  const { session } = person;
  const isForged =
    !SAFE_METHODS.has(request.method) && !isCsrfToken(session, request.headers['x-csrf-token']);
  if (isForged) throw gateProblem('csrf-token-wrong', 'GET /api/v1/session gives the token');
  if (session.gate !== null && !gates.includes(session.gate)) {
    const code = GATE_CODES[session.gate];
    throw gateProblem(code, 'GET /api/v1/session tells what is still to be done');
  }
}

function gateProblem(code: keyof typeof GATE_PROBLEMS, detail: string): Problem {
  return new Problem(code, GATE_PROBLEMS[code], detail);
}
