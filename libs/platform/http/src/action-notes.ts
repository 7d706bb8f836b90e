import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  SetMetadata,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { ActionKind, ActionTarget } from '@encaisse/platform/access';
import type { Actor } from '@encaisse/platform/event-store';
import type { PersonCommitment } from '@encaisse/platform/security';
import type { FastifyRequest } from 'fastify';
import type { RequestWithCaller } from './caller';

export const LOGGED = Symbol('logged');
export const UNLOGGED = Symbol('unlogged');

export type LoggedOptions = {
  /** What was accepted for the first time stands in the action log by an event of its own. */
  readonly isAcceptedByEvent?: boolean;
};

/** How a route stands in the action log; found by its configuration before the route is entered. */
export type LoggedRoute = { readonly kind: ActionKind } & LoggedOptions;

/** Declares the kind of entry that every call of a route leaves in the action log (LOG). */
export const Logged = (kind: ActionKind, options: LoggedOptions = {}) =>
  applyDecorators(
    SetMetadata(LOGGED, kind),
    RouteConfig({ logged: { kind, ...options } satisfies LoggedRoute }),
  );

/** Declares a route that takes a body and changes nothing. */
export const ChangesNothing = () => SetMetadata(UNLOGGED, true);

/** Who an entry is about signing in as, while the request has no caller yet. */
export type NotedActor = {
  readonly actor: Actor;
  /** Null for a machine. */
  readonly userId: string | null;
  readonly nodeId: string;
  readonly person: PersonCommitment | null;
};

/** What a route adds to the entry that its call leaves in the action log. */
export class ActionNotes {
  kind: ActionKind | null = null;
  target: ActionTarget | null = null;
  nodeId: string | null = null;
  before: Readonly<Record<string, unknown>> | null = null;
  after: Readonly<Record<string, unknown>> | null = null;
  by: NotedActor | null = null;

  /** What the action was about, and the node at which it is seen. */
  about({ nodeId, ...target }: ActionTarget & { readonly nodeId?: string }): void {
    this.target = target;
    if (nodeId !== undefined) this.nodeId = nodeId;
  }

  /** Values before and after. Never a secret, a card number or personal data. */
  changed(
    before: Readonly<Record<string, unknown>> | null,
    after: Readonly<Record<string, unknown>> | null,
  ): void {
    this.before = before;
    this.after = after;
  }

  /** The kind, where a route does one of several things. */
  isOf(kind: ActionKind): void {
    this.kind = kind;
  }

  /** Who acts, where the route itself finds out. */
  doneBy(actor: NotedActor): void {
    this.by = actor;
  }
}

export type RequestWithNotes = RequestWithCaller & {
  actionNotes?: ActionNotes;
  /** Set by the problem filter: why the call was refused. */
  problemCode?: string;
  /** The entry was appended. */
  isInActionLog?: boolean;
};

/** The notes of a request, made when first asked for. */
export function notesOf(request: FastifyRequest): ActionNotes {
  const noted = request as RequestWithNotes;
  noted.actionNotes ??= new ActionNotes();
  return noted.actionNotes;
}

/** Lets a route add to its entry in the action log. */
export const ActionEntry = createParamDecorator((_: unknown, context: ExecutionContext) =>
  notesOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
