import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type MassOperationKind, massOperationPublication } from '@encaisse/backoffice/contract';
import {
  type MassOperation,
  massOperationStream,
  requestMassOperation,
  type RequestMassOperationRefusal,
} from '@encaisse/backoffice/domain';
import { invariant } from '@encaisse/kernel';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, type Position, Streams } from '@encaisse/platform/event-store';
import { type Caller, orProblem, problems } from '@encaisse/platform/http';
import { MessageBus } from '@encaisse/platform/message-bus';
import { Projections } from '@encaisse/platform/projections';
import { contentFingerprint, Keyring } from '@encaisse/platform/security';
import type { MassOperationBody } from './mass-operation-bodies';
import { massOperationsProjection } from './mass-operations.projection';
import { MassSelection } from './mass-selection';

/** One row per refusal, in order of precedence. */
const PROBLEMS = problems<RequestMassOperationRefusal['code']>({
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'selection-too-large': { status: 422, title: 'The search finds too many transactions' },
  'selection-changed': { status: 409, title: 'The search finds another number of transactions' },
  'selection-empty': { status: 409, title: 'The search finds nothing the operation is for' },
});

export type RequestedMassOperation = {
  readonly requested: NonNullable<MassOperation>;
  readonly position: Position;
  readonly isReplay: boolean;
};

/** Takes the requests of mass operations, and tells the cash desk of them through the log. */
@Injectable()
export class MassOperationRequests implements OnModuleInit {
  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly selection: MassSelection,
    private readonly keyring: Keyring,
    private readonly projections: Projections,
    private readonly bus: MessageBus,
  ) {}

  onModuleInit(): void {
    this.projections.register(massOperationsProjection);
    this.bus.publish(massOperationPublication);
  }

  /** The selection is recorded in one piece with the request: no crash leaves half of one. */
  async request(
    massOperationId: string,
    body: MassOperationBody,
    caller: Caller,
    metadata: EventMetadata,
  ): Promise<RequestedMassOperation> {
    const { operation, search: filters, expectedCount = null } = body;
    const { environment } = caller;
    const acknowledgeStaleAuthorization = body.acknowledgeStaleAuthorization ?? false;
    const common = { operation, environment, acknowledgeStaleAuthorization };
    const content = { ...common, filters, nodeId: caller.nodeId };
    const fingerprint = contentFingerprint(this.keyring.contentKey, content);
    const { state: earlier } = await this.streams.load(massOperationStream, massOperationId);
    // The list is another one by the time of a repetition: what the first try selected counts.
    const { nodeId, selection } =
      earlier === null ? await this.find(operation, filters, caller) : REPETITION;
    const at = this.clock.now();
    const terms = { massOperationId, nodeId, ...common };
    const command = { ...terms, fingerprint, selection, expectedCount, at };
    let before: MassOperation = null;
    const { decision, position, isReplay } = await this.streams.decide(
      massOperationStream,
      massOperationId,
      (state) => requestMassOperation(command, (before = state)),
      metadata,
    );
    const events = orProblem(decision, PROBLEMS, detailOf);
    const requested = events.reduce<MassOperation>(massOperationStream.evolve, before);
    invariant(requested !== null, 'an accepted request is recorded');
    return { requested, position, isReplay };
  }

  private async find(
    operation: MassOperationKind,
    filters: Readonly<Record<string, unknown>>,
    caller: Caller,
  ) {
    const search = this.selection.searchOf(operation, filters, caller);
    return { nodeId: search.scope.nodeId, selection: await this.selection.select(search) };
  }
}

/** Nothing is looked for when the request was recorded before. */
const REPETITION = { nodeId: '', selection: { count: 0, totals: [], transactionIds: [] } };

function detailOf(refusal: RequestMassOperationRefusal): string {
  switch (refusal.code) {
    case 'selection-too-large':
      return `${refusal.count} transactions are found, at most ${refusal.largest} go at once: narrow the search`;
    case 'selection-changed':
      return `the search finds ${refusal.count} now: show them and ask for confirmation again`;
    default:
      return refusal.code;
  }
}
