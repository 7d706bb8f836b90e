import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Environment } from '@encaisse/kernel';
import type { Action, LiveSession, Profile } from '@encaisse/platform/access';
import type { Actor, EventMetadata } from '@encaisse/platform/event-store';
import type { PersonCommitment } from '@encaisse/platform/security';
import type { FastifyRequest } from 'fastify';

/** The root of the tree: all brands. */
export const ROOT_NODE = 'root';

/** Who is calling, and what they may do at this very request. */
export type Caller = {
  readonly actor: Actor;
  /** The node the caller sees, with all below it; `root` for the whole installation. */
  readonly nodeId: string;
  readonly environment: Environment;
  readonly actions: ReadonlySet<Action>;
  /** The person behind a session; null for machines and development tokens. */
  readonly person: CallingPerson | null;
};

/** A person who signed in. */
export type CallingPerson = {
  readonly userId: string;
  readonly profile: Profile;
  readonly reference: PersonCommitment;
  readonly session: LiveSession;
};

export type RequestWithCaller = FastifyRequest & {
  caller?: Caller;
  /** The outage that kept the caller from being found out. */
  authenticationFailure?: Error;
};

/** The caller of the request, set before the route is entered. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<RequestWithCaller>()),
);

/** The person of the request. Only for routes whose action no machine can be given. */
export const CurrentPerson = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { person } = callerOf(context.switchToHttp().getRequest<RequestWithCaller>());
  if (!person) throw new Error('a route for people was opened by a machine');
  return person;
});

/** The metadata of events caused by this request. */
export const RequestMetadata = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<RequestWithCaller>();
  return metadataOf(request, callerOf(request).actor);
});

function callerOf(request: RequestWithCaller): Caller {
  if (!request.caller) throw new Error('a route without a guard asked for its caller');
  return request.caller;
}

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** What is recorded beside the facts that a request leads to. */
export function metadataOf(request: FastifyRequest, actor: Actor): EventMetadata {
  const traceparent = request.headers['traceparent'];
  return {
    actor,
    correlationId: request.id,
    causationId: null,
    ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? { traceparent } : {}),
  };
}
