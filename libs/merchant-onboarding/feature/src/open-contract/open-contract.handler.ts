import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  contractStream,
  openContract,
  type OpenContract,
  type OpenContractRefusal,
} from '@encaisse/merchant-onboarding/domain';
import type { ContractOpened } from '@encaisse/merchant-onboarding/contract';
import { type EventMetadata, type StreamDecision, Streams } from '@encaisse/platform/event-store';

type OpenContractResult = StreamDecision<ContractOpened, OpenContractRefusal>;

export class OpenContractCommand extends Command<OpenContractResult> {
  constructor(
    readonly contract: OpenContract,
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(OpenContractCommand)
export class OpenContractHandler implements ICommandHandler<OpenContractCommand> {
  constructor(private readonly streams: Streams) {}

  execute({ contract, metadata }: OpenContractCommand): Promise<OpenContractResult> {
    return this.streams.decide(
      contractStream,
      contract.contractId,
      (state) => openContract(contract, state),
      metadata,
    );
  }
}
