import { Body, Controller, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import type { ChangeContractRefusal } from '@encaisse/merchant-onboarding/domain';
import { Clock } from '@encaisse/platform/clock';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  type Caller,
  CurrentCaller,
  Logged,
  Needs,
  orProblem,
  problems,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { MerchantDirectory } from '../merchant-directory';
import {
  ChangeContractCommand,
  type ChangeContractResult,
  SetContractActiveCommand,
} from './change-contract.handler';

class ChangeContractBody {
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

/** One row per refusal: a refusal without its row does not compile. */
const PROBLEMS = problems<ChangeContractRefusal['code']>({
  'contract-unknown': { status: 404, title: 'There is nothing here' },
  'maximum-above-ceiling': { status: 422, title: 'The maximum is above the bank’s ceiling' },
  'limits-out-of-order': { status: 422, title: 'Minimum, maximum and ceiling are not in order' },
});

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
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    this.directory.visibleContract(contractId, caller);
    const { label, minimumMinor, maximumMinor, deferralDays } = body;
    const at = this.clock.now();
    const change = { label, minimumMinor, maximumMinor, deferralDays, at };
    const command = new ChangeContractCommand(contractId, change, metadata);
    return this.answer(contractId, await this.commands.execute(command), reply);
  }

  @Post('deactivate')
  @HttpCode(200)
  @Needs('administer-merchants')
  @Logged('CONTRACT_CHANGE')
  @ApiOperation({ summary: 'Stop a contract: its payments are refused from now on (CONT-09)' })
  deactivate(
    @Param('contractId') contractId: string,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.setActive(contractId, false, caller, metadata, reply);
  }

  @Post('activate')
  @HttpCode(200)
  @Needs('administer-merchants')
  @Logged('CONTRACT_CHANGE')
  @ApiOperation({ summary: 'Restore a contract' })
  activate(
    @Param('contractId') contractId: string,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.setActive(contractId, true, caller, metadata, reply);
  }

  private async setActive(
    contractId: string,
    isActive: boolean,
    caller: Caller,
    metadata: EventMetadata,
    reply: FastifyReply,
  ) {
    this.directory.visibleContract(contractId, caller);
    const at = this.clock.now();
    const command = new SetContractActiveCommand(contractId, isActive, at, metadata);
    return this.answer(contractId, await this.commands.execute(command), reply);
  }

  private async answer(contractId: string, result: ChangeContractResult, reply: FastifyReply) {
    orProblem(result.decision, PROBLEMS);
    tellPosition(reply, result.position);
    await this.directory.hasReached(result.position);
    return this.directory.current.contract(contractId);
  }
}
