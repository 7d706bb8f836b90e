import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Environment } from '@encaisse/kernel';
import type { Actor, EventMetadata } from '@encaisse/platform/event-store';
import type { FastifyRequest } from 'fastify';

/** What a token may do, until people and rights exist: read, act on transactions, set up merchants. */
export const TOKEN_SCOPES = ['read', 'operate', 'administer', 'operator', 'audit'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** The root of the tree: all brands. */
export const ROOT_NODE = 'root';

/** Who is calling, as the token says. */
export type Caller = {
  readonly actor: Actor;
  /** The name people see beside the login. */
  readonly displayName: string;
  /** The node the caller sees, with all below it; `root` for the whole installation. */
  readonly nodeId: string;
  readonly environment: Environment;
  readonly scopes: readonly TokenScope[];
};

export type RequestWithCaller = FastifyRequest & { caller?: Caller };

/** The caller of the request, set by the guard. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { caller } = context.switchToHttp().getRequest<RequestWithCaller>();
  if (!caller) throw new Error('a route without a guard asked for its caller');
  return caller;
});

/** The metadata of events caused by this request. */
export const RequestMetadata = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<RequestWithCaller>();
  if (!request.caller) throw new Error('a route without a guard asked for its caller');
  return metadataOf(request, request.caller);
});

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

function metadataOf(request: FastifyRequest, caller: Caller): EventMetadata {
  const traceparent = request.headers['traceparent'];
  return {
    actor: caller.actor,
    correlationId: request.id,
    causationId: null,
    ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? { traceparent } : {}),
  };
}
