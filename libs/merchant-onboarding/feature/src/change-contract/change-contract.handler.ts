import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  changeContract,
  type ChangeContract,
  type ChangeContractRefusal,
  contractStream,
  setContractActive,
} from '@encaisse/merchant-onboarding/domain';
import type { ContractEvent } from '@encaisse/merchant-onboarding/contract';
import type { Instant } from '@encaisse/kernel';
import { type EventMetadata, type StreamDecision, Streams } from '@encaisse/platform/event-store';

export type ChangeContractResult = StreamDecision<ContractEvent, ChangeContractRefusal>;

export class ChangeContractCommand extends Command<ChangeContractResult> {
  constructor(
    readonly contractId: string,
    readonly change: ChangeContract,
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(ChangeContractCommand)
export class ChangeContractHandler implements ICommandHandler<ChangeContractCommand> {
  constructor(private readonly streams: Streams) {}

  execute({ contractId, change, metadata }: ChangeContractCommand): Promise<ChangeContractResult> {
    return this.streams.decide(
      contractStream,
      contractId,
      (contract) => changeContract(change, contract),
      metadata,
    );
  }
}

export class SetContractActiveCommand extends Command<ChangeContractResult> {
  constructor(
    readonly contractId: string,
    readonly isActive: boolean,
    readonly at: Instant,
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(SetContractActiveCommand)
export class SetContractActiveHandler implements ICommandHandler<SetContractActiveCommand> {
  constructor(private readonly streams: Streams) {}

  execute(command: SetContractActiveCommand): Promise<ChangeContractResult> {
    const { contractId, isActive, at, metadata } = command;
    return this.streams.decide(
      contractStream,
      contractId,
      (contract) => setContractActive({ isActive, at }, contract),
      metadata,
    );
  }
}
