import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { EventStore } from '@encaisse/platform/event-store';
import { Projections } from '@encaisse/platform/projections';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { COMMON_PROBLEMS, invalidRequest, Problem } from './problem';

const READS = Symbol('reads');
const WAIT_LIMIT_MILLIS = 5000;
/** A model that follows is there by then; only after that is the log asked how far it goes. */
const SHORT_WAIT_MILLIS = 50;

/** Declares which read models a route answers from, so that `Ledger-Position` can wait for them. */
export const ReadsFrom = (...projections: readonly string[]) => SetMetadata(READS, projections);

/** Tells the position after a command, for the reads that follow. */
export function tellPosition(reply: FastifyReply, position: number): void {
  void reply.header('Ledger-Position', String(position));
}

/**
 * Holds a read until its read models, and the views of this process, have reached the position asked
 * for, 5 s at most (D16). A guard rather than an interceptor: Nest wraps every route in observables as
 * soon as one interceptor exists.
 */
@Injectable()
export class LedgerPositionGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly projections: Projections,
    private readonly store: EventStore,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const names = this.reflector.getAllAndOverride<string[] | undefined>(READS, targets);
    const header = context.switchToHttp().getRequest<FastifyRequest>().headers['ledger-position'];
    if (typeof header === 'string') await this.wait(names ?? [], header);
    return true;
  }

  private async wait(names: readonly string[], header: string): Promise<void> {
    const position = Number(header);
    if (!Number.isSafeInteger(position) || position < 0) throw unknownPosition();
    if (await this.reached(names, position, SHORT_WAIT_MILLIS)) return;
    if (position > (await this.store.lastPosition())) throw unknownPosition();
    if (!(await this.reached(names, position, WAIT_LIMIT_MILLIS)))
      throw positionNotReached('the read model is late; ask again in a moment');
  }

  private async reached(names: readonly string[], position: number, millis: number) {
    if (names.length === 0) return this.projections.settle(position, millis);
    const models = names.map((name) => this.projections.waitFor(name, position, millis));
    // Every read looks up who may see what in the views of this process.
    const views = this.projections.settleViews(position, millis);
    return (await Promise.all([...models, views])).every(Boolean);
  }
}

function unknownPosition(): Problem {
  const detail = 'must be a position given by a command';
  return invalidRequest([{ pointer: 'header/Ledger-Position', detail }]);
}

/** The problem of what is read, and was not brought up to the log in time. */
export function positionNotReached(detail: string): Problem {
  return new Problem('position-not-reached', COMMON_PROBLEMS['position-not-reached'], detail);
}
