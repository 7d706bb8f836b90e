import { Body, Controller, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsDefined, IsOptional, IsString, Length, ValidateNested } from 'class-validator';
import { isUuid, money } from '@encaisse/kernel';
import {
  type DuplicateRefusal,
  duplicateTransaction,
  transactionStream,
} from '@encaisse/ledger/domain';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import {
  AmountBody,
  type Caller,
  commandId,
  CurrentCaller,
  Logged,
  Needs,
  notFound,
  orProblem,
  problems,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import { CardVault } from '@encaisse/platform/security';
import type { FastifyReply } from 'fastify';
import { AuthorizationDirectory } from '../authorization-directory';
import { checkCard } from '../take-payment/card-checks';
import type { PaymentResult } from '../take-payment/payment-authorizer';
import { TakePaymentCommand } from '../take-payment/take-payment.handler';

class DuplicateBody {
  @ApiProperty({ required: false, description: 'UUIDv7 of the new payment, or an Idempotency-Key' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ example: 'CMD-2026-0002', description: 'Another one than the original’s' })
  @IsString()
  @Length(1, 250)
  orderReference!: string;

  @ApiProperty({ type: AmountBody })
  @IsDefined()
  @ValidateNested()
  @Type(() => AmountBody)
  amount!: AmountBody;
}

/** One row per refusal: a refusal without its row does not compile. */
const PROBLEMS = problems<DuplicateRefusal['code']>({
  'transaction-unknown': { status: 404, title: 'There is no such transaction' },
  'not-a-debit': { status: 409, title: 'The operation is for debits only' },
  'operation-in-progress': { status: 409, title: 'Another operation is in progress' },
  'no-stored-card': { status: 409, title: 'The card is no longer stored' },
  'contract-inactive': { status: 409, title: 'The contract is inactive' },
  'means-cannot': { status: 409, title: 'The payment means does not allow this operation' },
  'order-reference-reused': { status: 422, title: 'The order reference is the original’s' },
  'currency-mismatch': { status: 422, title: 'The currency differs from the transaction’s' },
  'amount-not-positive': { status: 422, title: 'The amount is not above zero' },
});

/** A new distance-selling debit from the stored card of an earlier one (PAY-19). */
@ApiTags('transactions')
@Controller('api/v1/transactions/:transactionId/duplicate')
export class DuplicateController {
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly directory: AuthorizationDirectory,
    private readonly cardVault: CardVault,
  ) {}

  @Post()
  @HttpCode(201)
  @Needs('duplicate')
  @Logged('DUPLICATION')
  @ApiOperation({ summary: 'Duplicate: charge the same card again, with its own authorisation' })
  async duplicate(
    @Param('transactionId') originalId: string,
    @Body() body: DuplicateBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const transactionId = commandId(body.id, idempotencyKey, caller, `duplicate ${originalId}`);
    const original = await this.visible(originalId, caller);
    const now = this.clock.now();
    const { card } = original.request;
    const stored = card ? await this.cardVault.open(card.cardId) : null;
    const contract = this.directory.current.contract(original.request.contractId);
    const [request] = orProblem(
      duplicateTransaction(
        {
          transactionId,
          transactionNumber: '',
          orderReference: body.orderReference,
          amount: money(body.amount.minor, body.amount.currency),
          channel: 'BUSINESS_SOFTWARE',
          trace: null,
          fingerprint: '',
          at: now,
          hasStoredCard: stored !== null,
          isContractActive: contract?.isActive ?? false,
          isSupportedByMeans: true,
        },
        original,
      ),
      PROBLEMS,
    );
    if (!request || !stored || !contract) throw notFound('transaction');
    const order = {
      transactionId,
      contract,
      orderReference: request.orderReference,
      amount: request.amount,
      card: checkCard(stored.number, stored.expiry, now),
      verificationCode: null,
      authorizationOnly: request.authorizationOnly,
      deferralDays: request.deferralDays,
      channel: request.channel,
      wallet: request.wallet,
      archivingReference: request.archivingReference,
      email: null,
      clientCountry: request.clientCountry,
      duplicateOf: originalId,
      cardholder: request.cardholder,
    };
    const result = await this.commands.execute(new TakePaymentCommand(order, metadata));
    return answer(reply, result);
  }

  private async visible(transactionId: string, caller: Caller) {
    if (!isUuid(transactionId)) throw notFound('transaction');
    const { state } = await this.streams.load(transactionStream, transactionId);
    const isVisible =
      state.kind === 'debit' &&
      state.request.environment === caller.environment &&
      this.directory.isVisible(state.request.shopId, caller);
    if (!isVisible) throw notFound('transaction');
    return state;
  }
}

function answer(reply: FastifyReply, { position, isReplay, summary }: PaymentResult) {
  tellPosition(reply, position);
  if (isReplay) void reply.header('Idempotent-Replayed', 'true');
  return summary;
}
