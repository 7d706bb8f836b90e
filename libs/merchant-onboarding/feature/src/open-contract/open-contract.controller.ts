import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { type Currency, DIGITS } from '@encaisse/kernel';
import type { OpenContractRefusal } from '@encaisse/merchant-onboarding/domain';
import { Clock } from '@encaisse/platform/clock';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  type Caller,
  commandId,
  CurrentCaller,
  Logged,
  Needs,
  orProblem,
  problems,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import { type Settings, SETTINGS_TOKEN } from '@encaisse/platform/runtime';
import type { FastifyReply } from 'fastify';
import { MerchantDirectory } from '../merchant-directory';
import { PAYMENT_MEANS } from '../payment-means';
import { OpenContractCommand } from './open-contract.handler';

class OpenContractBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;

  @ApiProperty({ description: 'The shop that holds the contract' })
  @IsString()
  shopId!: string;

  @ApiProperty({ example: '5201234', description: 'Affiliation number at the scheme' })
  @Matches(/^\d{1,15}$/, { message: 'contractNumber must be 1 to 15 digits' })
  contractNumber!: string;

  @ApiProperty({ enum: PAYMENT_MEANS })
  @IsIn(PAYMENT_MEANS)
  paymentMeans!: string;

  @ApiProperty({ example: 'EUR' })
  @IsIn(Object.keys(DIGITS), { message: 'currency must be an ISO 4217 code' })
  currency!: Currency;

  @ApiProperty({ example: 1, description: 'Minor units' })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  minimumMinor!: number;

  @ApiProperty({ example: 1_000_000, description: 'Minor units' })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  maximumMinor!: number;

  @ApiProperty({ required: false, description: 'The bank’s ceiling; default: the maximum' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  ceilingMinor?: number;

  @ApiProperty({ required: false, default: 0, minimum: 0, maximum: 7 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(7)
  deferralDays?: number;

  @ApiProperty({ required: false, example: '23:00', description: 'HH:MM, Europe/Paris' })
  @IsOptional()
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/, { message: 'telecollectionTime must be HH:MM' })
  telecollectionTime?: string;

  @ApiProperty({ required: false, example: '30002' })
  @IsOptional()
  @Matches(/^\d{5}$/, { message: 'bankCode must be five digits' })
  bankCode?: string;

  @ApiProperty({ required: false, example: 'Banque de démonstration' })
  @IsOptional()
  @IsString()
  @Length(1, 60)
  acquirer?: string;

  @ApiProperty({ example: 'LIBRAIRIE DES HALLES' })
  @IsString()
  @Length(1, 40)
  label!: string;
}

/** One row per refusal: a refusal without its row does not compile. */
const PROBLEMS = problems<OpenContractRefusal['code']>({
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'shop-unknown': { status: 422, title: 'There is no such shop' },
  'limits-out-of-order': { status: 422, title: 'Minimum, maximum and ceiling are not in order' },
  'contract-number-taken': {
    status: 409,
    title: 'A contract with this number, rank, means and currency exists',
  },
});

@ApiTags('contracts')
@Controller('api/v1/contracts')
export class OpenContractController {
  constructor(
    private readonly commands: CommandBus,
    private readonly clock: Clock,
    private readonly directory: MerchantDirectory,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  @Post()
  @HttpCode(201)
  @Needs('administer-merchants')
  @Logged('CONTRACT_OPENING')
  @ApiOperation({ summary: 'Open an acceptance contract of a shop' })
  async open(
    @Body() body: OpenContractBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const contractId = commandId(body.id, idempotencyKey, caller, 'contracts');
    const contract = this.commandFrom(body, contractId, caller);
    const result = await this.commands.execute(new OpenContractCommand(contract, metadata));
    orProblem(result.decision, PROBLEMS);
    tellPosition(reply, result.position);
    await this.directory.hasReached(result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    return this.directory.current.contract(contractId);
  }

  private commandFrom(body: OpenContractBody, contractId: string, caller: Caller) {
    const { current } = this.directory;
    const isVisible = current.isAtOrBelow(body.shopId, caller.nodeId);
    const shop = isVisible ? current.node(body.shopId) : undefined;
    const rank = shop?.rank ?? '';
    const twin = [...current.allContracts()].find(
      (other) =>
        other.contractId !== contractId &&
        other.environment === caller.environment &&
        other.contractNumber === body.contractNumber &&
        other.rank === rank &&
        other.paymentMeans === body.paymentMeans &&
        other.currency === body.currency,
    );
    return {
      contractId,
      environment: caller.environment,
      shopId: body.shopId,
      contractNumber: body.contractNumber,
      rank,
      paymentMeans: body.paymentMeans,
      currency: body.currency,
      minimumMinor: body.minimumMinor,
      maximumMinor: body.maximumMinor,
      ceilingMinor: body.ceilingMinor ?? body.maximumMinor,
      deferralDays: body.deferralDays ?? 0,
      telecollectionTime: body.telecollectionTime ?? null,
      bankCode: body.bankCode ?? '',
      acquirer: body.acquirer ?? 'acquirer',
      label: body.label,
      isShop: shop?.level === 'SHOP',
      twinContractId: twin?.contractId ?? null,
      at: this.clock.now(),
    };
  }

  @Get(':contractId')
  @Needs('view-contracts')
  @ApiOperation({ summary: 'One contract (CONT-04)' })
  show(@Param('contractId') contractId: string, @CurrentCaller() caller: Caller) {
    const contract = this.directory.visibleContract(contractId, caller);
    const { telecollectionTime } = this.settings;
    return { ...contract, telecollectionTime: contract.telecollectionTime ?? telecollectionTime };
  }
}
