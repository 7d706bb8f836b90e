import { Body, Controller, Headers, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import type { DirectoryContract } from '@encaisse/merchant-onboarding/contract';
import { Clock } from '@encaisse/platform/clock';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  ActionEntry,
  type ActionNotes,
  type Caller,
  commandId as commandIdOf,
  CurrentCaller,
  Logged,
  Needs,
  orProblem,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { MerchantDirectory } from '../merchant-directory';
import { CHANGE_CONTRACT_PROBLEMS } from './change-contract-problems';
import {
  ChangeContractCommand,
  type ChangeContractResult,
  SetContractActiveCommand,
} from './change-contract.handler';

class ContractCommandBody {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;
}

class ChangeContractBody extends ContractCommandBody {
  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  @Length(1, 40)
  label?: string;

  @ApiProperty({ required: false, description: 'Minor units' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  minimumMinor?: number;

  @ApiProperty({ required: false, description: 'Minor units, never above the bank’s ceiling' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  maximumMinor?: number;

  @ApiProperty({ required: false, minimum: 0, maximum: 7 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(7)
  deferralDays?: number;
}

@ApiTags('contracts')
@Controller('api/v1/contracts/:contractId')
export class ChangeContractController {
  constructor(
    private readonly commands: CommandBus,
    private readonly clock: Clock,
    private readonly directory: MerchantDirectory,
  ) {}

  @Patch()
  @Needs('edit-contract')
  @Logged('SETTING_CHANGE')
  @ApiOperation({ summary: 'Edit the four fields a merchant may change (CONT-08)' })
  async change(
    @Param('contractId') contractId: string,
    @Body() body: ChangeContractBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const before = this.directory.visibleContract(contractId, caller);
    entry.about({ kind: 'contract', id: contractId, nodeId: before.shopId });
    const commandId = commandIdOf(body.id, idempotencyKey, caller, `contract ${contractId}`);
    const asked = {
      label: body.label ?? null,
      minimumMinor: body.minimumMinor ?? null,
      maximumMinor: body.maximumMinor ?? null,
      deferralDays: body.deferralDays ?? null,
    };
    const change = { commandId, asked, at: this.clock.now() };
    const command = new ChangeContractCommand(contractId, change, metadata);
    const after = await this.answer(contractId, await this.commands.execute(command), reply);
    entry.changed(editable(before), editable(after));
    return after;
  }

  @Post('deactivate')
  @HttpCode(200)
  @Needs('administer-merchants')
  @Logged('CONTRACT_CHANGE')
  @ApiOperation({ summary: 'Stop a contract: its payments are refused from now on (CONT-09)' })
  deactivate(
    @Param('contractId') contractId: string,
    @Body() body: ContractCommandBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const commandId = commandIdOf(body.id, idempotencyKey, caller, `deactivate ${contractId}`);
    return this.setActive(contractId, { commandId, isActive: false }, caller, metadata, reply);
  }

  @Post('activate')
  @HttpCode(200)
  @Needs('administer-merchants')
  @Logged('CONTRACT_CHANGE')
  @ApiOperation({ summary: 'Restore a contract' })
  activate(
    @Param('contractId') contractId: string,
    @Body() body: ContractCommandBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const commandId = commandIdOf(body.id, idempotencyKey, caller, `activate ${contractId}`);
    return this.setActive(contractId, { commandId, isActive: true }, caller, metadata, reply);
  }

  private async setActive(
    contractId: string,
    order: { readonly commandId: string; readonly isActive: boolean },
    caller: Caller,
    metadata: EventMetadata,
    reply: FastifyReply,
  ) {
    this.directory.visibleContract(contractId, caller);
    const given = { ...order, at: this.clock.now() };
    const command = new SetContractActiveCommand(contractId, given, metadata);
    return this.answer(contractId, await this.commands.execute(command), reply);
  }

  private async answer(contractId: string, result: ChangeContractResult, reply: FastifyReply) {
    orProblem(result.decision, CHANGE_CONTRACT_PROBLEMS);
    tellPosition(reply, result.position);
    await this.directory.hasReached(result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    return this.directory.current.contract(contractId);
  }
}

/** The fields that a merchant may edit, for the action log. */
function editable(contract: DirectoryContract | undefined) {
  if (!contract) return null;
  const { label, minimumMinor, maximumMinor, deferralDays } = contract;
  return { label, minimumMinor, maximumMinor, deferralDays };
}
