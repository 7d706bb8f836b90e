import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { isUuid } from '@encaisse/kernel';
import { availableOperations, LIMITS, transactionStream } from '@encaisse/ledger/domain';
import { Clock } from '@encaisse/platform/clock';
import { Streams } from '@encaisse/platform/event-store';
import { type Caller, CurrentCaller, Needs, notFound } from '@encaisse/platform/http';
import { type Settings, SETTINGS_TOKEN } from '@encaisse/platform/runtime';
import { CardVault } from '@encaisse/platform/security';
import { type CashRefusal, CASH_PROBLEMS, detailOf } from '../cash-operation/refusals';
import { CashdeskDirectory } from '../cashdesk-directory';

@ApiTags('cash desk')
@Controller('api/v1/transactions/:transactionId/operations')
export class OperationsController {
  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly directory: CashdeskDirectory,
    private readonly cardVault: CardVault,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  @Get()
  @Needs('search-transactions')
  @ApiOperation({ summary: 'Which operations are allowed, and why the others are not (CASH-01)' })
  async list(@Param('transactionId') transactionId: string, @CurrentCaller() caller: Caller) {
    if (!isUuid(transactionId)) throw notFound('transaction');
    const { state } = await this.streams.load(transactionStream, transactionId);
    this.directory.assertVisible(state, caller);
    const place = state.kind === 'refused-cancellation' ? state.entry : state.request;
    const card = 'card' in place ? place.card : null;
    const { cashOperationWindowDays, authorizationValidityDays } = this.settings;
    const operations = availableOperations(
      state,
      {
        at: this.clock.now(),
        isContractActive: this.directory.isContractActive(place.contractId),
        supportedOperations: this.directory.supportedOperations(place.paymentMeans),
        hasStoredCard: card !== null && (await this.cardVault.open(card.cardId)) !== null,
      },
      { ...LIMITS, cashOperationWindowDays, authorizationValidityDays },
    );
    return {
      transactionId,
      operations: operations.map(({ refusal, ...offer }) => ({
        ...offer,
        refusal: refusal && { ...refusal, detail: explain(refusal as CashRefusal) },
      })),
    };
  }
}

function explain(refusal: CashRefusal): string {
  const detail = detailOf(refusal);
  const kinds = CASH_PROBLEMS as Readonly<Record<string, { title: string } | undefined>>;
  return detail === refusal.code ? (kinds[refusal.code]?.title ?? refusal.code) : detail;
}
