import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Instant } from '@encaisse/kernel';
import type { NodeEvent } from '@encaisse/merchant-onboarding/contract';
import {
  type MoveShop,
  moveShop,
  type MoveShopRefusal,
  nodeStream,
  renameNode,
} from '@encaisse/merchant-onboarding/domain';
import { type EventMetadata, type StreamDecision, Streams } from '@encaisse/platform/event-store';

export type ChangeNodeResult = StreamDecision<NodeEvent, MoveShopRefusal>;

export class MoveShopCommand extends Command<ChangeNodeResult> {
  constructor(
    readonly nodeId: string,
    readonly move: MoveShop,
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(MoveShopCommand)
export class MoveShopHandler implements ICommandHandler<MoveShopCommand> {
  constructor(private readonly streams: Streams) {}

  execute({ nodeId, move, metadata }: MoveShopCommand): Promise<ChangeNodeResult> {
    return this.streams.decide(nodeStream, nodeId, (node) => moveShop(move, node), metadata);
  }
}

export class RenameNodeCommand extends Command<ChangeNodeResult> {
  constructor(
    readonly nodeId: string,
    readonly rename: { readonly commandId: string; readonly name: string; readonly at: Instant },
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(RenameNodeCommand)
export class RenameNodeHandler implements ICommandHandler<RenameNodeCommand> {
  constructor(private readonly streams: Streams) {}

  execute({ nodeId, rename, metadata }: RenameNodeCommand): Promise<ChangeNodeResult> {
    return this.streams.decide(nodeStream, nodeId, (node) => renameNode(rename, node), metadata);
  }
}
