import { parseCookie } from 'cookie';
import {
  actionsOf,
  type LiveSession,
  looksLikeApiKey,
  type Machine,
  type Machines,
  type Sessions,
} from '@encaisse/platform/access';
import type { Clock } from '@encaisse/platform/clock';
import type { FastifyRequest } from 'fastify';
import type { Caller, RequestWithCaller } from './caller';
import type { Tokens } from './tokens';

/** The cookie of people’s sessions. */
export const SESSION_COOKIE = 'encaisse-session';

/** What finding out who calls rests on. */
export type AuthenticationParts = {
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly machines: Machines;
  readonly clock: Clock;
};

const BEARER = /^Bearer +(\S+) *$/i;

/** Finds out who is calling, by bearer token, API key or session cookie. */
export class Authentication {
  constructor(private readonly parts: AuthenticationParts) {}

  /** Sets the caller of a request; leaves none when nothing valid was sent. */
  async identify(request: RequestWithCaller): Promise<void> {
    const { authorization } = request.headers;
    const caller =
      authorization === undefined
        ? await this.person(sessionToken(request))
        : await this.bearer(BEARER.exec(authorization)?.[1]);
    if (caller) request.caller = caller;
  }

  private async bearer(token: string | undefined): Promise<Caller | null> {
    if (token === undefined) return null;
    const { tokens, machines, clock } = this.parts;
    if (looksLikeApiKey(token)) return machineCaller(await machines.byKey(token, clock.now()));
    const known = await tokens.verify(token);
    if (known) return known;
    const given = await tokens.keyOf(token);
    return given === null ? null : machineCaller(await machines.byToken(given, clock.now()));
  }

  private async person(token: string | null): Promise<Caller | null> {
    if (token === null) return null;
    const { sessions, clock } = this.parts;
    const session = await sessions.resume(token, clock.now());
    return session ? personCaller(session) : null;
  }
}

/** The token of the session cookie, null without one. */
export function sessionToken(request: FastifyRequest): string | null {
  const { cookie } = request.headers;
  return cookie === undefined ? null : (parseCookie(cookie)[SESSION_COOKIE] ?? null);
}

function personCaller(session: LiveSession): Caller {
  const { userId, profile, login, nodeId, environment, personId, commitment } = session;
  return {
    actor: { kind: 'person', login },
    nodeId,
    environment,
    actions: actionsOf(profile),
    person: { userId, profile, reference: { personId, commitment }, session },
  };
}

function machineCaller(machine: Machine | null): Caller | null {
  if (!machine) return null;
  const { keyId, nodeId, environment, actions } = machine;
  return {
    actor: { kind: 'machine', login: `key:${keyId}` },
    nodeId,
    environment,
    actions: new Set(actions),
    person: null,
  };
}
