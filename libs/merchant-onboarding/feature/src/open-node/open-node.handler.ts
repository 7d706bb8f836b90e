import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  nodeStream,
  openNode,
  type OpenNode,
  type OpenNodeRefusal,
} from '@encaisse/merchant-onboarding/domain';
import type { NodeOpened } from '@encaisse/merchant-onboarding/contract';
import { type EventMetadata, type StreamDecision, Streams } from '@encaisse/platform/event-store';

type OpenNodeResult = StreamDecision<NodeOpened, OpenNodeRefusal>;

export class OpenNodeCommand extends Command<OpenNodeResult> {
  constructor(
    readonly node: OpenNode,
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(OpenNodeCommand)
export class OpenNodeHandler implements ICommandHandler<OpenNodeCommand> {
  constructor(private readonly streams: Streams) {}

  execute({ node, metadata }: OpenNodeCommand): Promise<OpenNodeResult> {
    return this.streams.decide(nodeStream, node.nodeId, (state) => openNode(node, state), metadata);
  }
}
