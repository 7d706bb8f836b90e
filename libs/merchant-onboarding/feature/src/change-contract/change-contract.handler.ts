import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  changeContract,
  type ChangeContract,
  type ChangeContractRefusal,
  contractStream,
  recordTechnicalData,
  setContractActive,
} from '@encaisse/merchant-onboarding/domain';
import type { ContractEvent, ContractTechnicalData } from '@encaisse/merchant-onboarding/contract';
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

/** The id of a command and when it was given. */
type Given = { readonly commandId: string; readonly at: Instant };

export class SetContractActiveCommand extends Command<ChangeContractResult> {
  constructor(
    readonly contractId: string,
    readonly order: Given & { readonly isActive: boolean },
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(SetContractActiveCommand)
export class SetContractActiveHandler implements ICommandHandler<SetContractActiveCommand> {
  constructor(private readonly streams: Streams) {}

  execute({ contractId, order, metadata }: SetContractActiveCommand) {
    return this.streams.decide(
      contractStream,
      contractId,
      (contract) => setContractActive(order, contract),
      metadata,
    );
  }
}

export class RecordTechnicalDataCommand extends Command<ChangeContractResult> {
  constructor(
    readonly contractId: string,
    readonly record: Given & { readonly technicalData: ContractTechnicalData },
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(RecordTechnicalDataCommand)
export class RecordTechnicalDataHandler implements ICommandHandler<RecordTechnicalDataCommand> {
  constructor(private readonly streams: Streams) {}

  execute({ contractId, record, metadata }: RecordTechnicalDataCommand) {
    return this.streams.decide(
      contractStream,
      contractId,
      (contract) => recordTechnicalData(record, contract),
      metadata,
    );
  }
}
