import type { ActionLog, ActionTarget, ActionToRecord } from '@encaisse/platform/access';
import type { Actor, StreamWrite } from '@encaisse/platform/event-store';
import type { FastifyReply } from 'fastify';
import { ActionNotes, type LoggedRoute, type RequestWithNotes } from './action-notes';
import { metadataOf } from './caller';

/** Whoever calls without being known. No user can have this login. */
export const ANONYMOUS: Actor = { kind: 'person', login: 'anonymous' };

/** How a call of a logged route is to be recorded; null when it needs no entry of its own. */
export function actionToRecord(
  request: RequestWithNotes,
  reply: FastifyReply,
): ActionToRecord | null {
  const { logged } = request.routeOptions.config as { readonly logged?: LoggedRoute };
  if (!logged || request.isInActionLog) return null;
  const status = reply.statusCode;
  const result = resultOf(status, reply.hasHeader('idempotent-replayed'));
  if (logged.isAcceptedByEvent === true && result === 'ACCEPTED') return null;
  const notes = request.actionNotes ?? new ActionNotes();
  const { caller } = request;
  const by = notes.by;
  return {
    kind: notes.kind ?? logged.kind,
    environment: caller?.environment ?? null,
    nodeId: notes.nodeId ?? by?.nodeId ?? caller?.nodeId ?? null,
    userId: by?.userId ?? caller?.person?.userId ?? null,
    login: actorOf(request).login,
    person: by?.person ?? caller?.person?.reference ?? null,
    about: notes.target ?? targetOf(request.params),
    result,
    status,
    problem: request.problemCode ?? null,
    before: notes.before,
    after: notes.after,
    address: request.ip,
  };
}

/** Appends the entry of a call; whoever waits for the answer knows that it was recorded. */
export async function recordAction(
  log: ActionLog,
  request: RequestWithNotes,
  reply: FastifyReply,
): Promise<void> {
  const action = actionToRecord(request, reply);
  if (action === null) return;
  await log.record(action, metadataOf(request, actorOf(request)));
  request.isInActionLog = true;
}

/**
 * The entry of a call that is about to be accepted, for whoever appends it with what the call does: neither
 * is in the log without the other. Null where the store cannot do that: the entry follows then.
 */
export async function entryBeside(
  log: ActionLog,
  reply: FastifyReply,
): Promise<StreamWrite | null> {
  const request: RequestWithNotes = reply.request;
  const action = log.isWrittenBeside ? actionToRecord(request, reply) : null;
  return action === null ? null : log.newEntry(action, metadataOf(request, actorOf(request)));
}

/** The entry of a call was appended with what it did. */
export function entryWritten({ request }: FastifyReply): void {
  (request as RequestWithNotes).isInActionLog = true;
}

function actorOf({ actionNotes, caller }: RequestWithNotes): Actor {
  return actionNotes?.by?.actor ?? caller?.actor ?? ANONYMOUS;
}

function resultOf(status: number, isReplay: boolean) {
  if (status >= 400) return 'REFUSED';
  return isReplay ? 'REPEATED' : 'ACCEPTED';
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The thing named in the path, when it has the shape of an id: paths may hold anything. */
function targetOf(parameters: unknown): ActionTarget | null {
  for (const [name, value] of Object.entries((parameters ?? {}) as Record<string, unknown>))
    if (typeof value === 'string' && UUID.test(value))
      return { kind: name.replace(/Id$/, ''), id: value };
  return null;
}
