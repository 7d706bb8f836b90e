import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { businessDayOf } from '@encaisse/kernel';
import { Clock } from '@encaisse/platform/clock';
import { EventStore } from '@encaisse/platform/event-store';
import {
  type Caller,
  CurrentCaller,
  Logged,
  Needs,
  notFound,
  tellPosition,
} from '@encaisse/platform/http';
import { IsUUID } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { RemittanceKnowledge } from '../making/remittance-knowledge';
import { Telecollection } from './telecollection';

class TelecollectBody {
  @ApiProperty({ example: '019abd2c-6a00-7000-8000-000000000001', description: 'The contract' })
  @IsUUID()
  contractId!: string;
}

class MadeRemittance {
  @ApiProperty({ example: '4c1f5a9e-0f0e-8b3a-9a53-1f1a6f0f2b11' })
  remittanceId!: string;

  @ApiProperty({ example: '1234567-42' })
  number!: string;

  @ApiProperty({ example: 'EUR' })
  currency!: string;
}

class TelecollectAnswer {
  @ApiProperty({ type: [MadeRemittance] })
  remittances!: MadeRemittance[];
}

@ApiTags('remittances')
@Controller('api/v1/remittances/telecollect')
export class TelecollectController {
  constructor(
    private readonly telecollection: Telecollection,
    private readonly knowledge: RemittanceKnowledge,
    private readonly clock: Clock,
    private readonly store: EventStore,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('collect')
  @Logged('TELECOLLECTION')
  @ApiOperation({ summary: 'Collects what is due at a contract now, without waiting for its time' })
  async telecollect(
    @Body() { contractId }: TelecollectBody,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TelecollectAnswer> {
    const contract = this.knowledge.contract(contractId);
    const isTheirs =
      contract?.environment === caller.environment &&
      this.knowledge.isAtOrBelow(contract.shopId, caller.nodeId);
    if (!isTheirs) throw notFound('contract');
    const today = businessDayOf(this.clock.now());
    const made = await this.telecollection.collect(today, (id) => id === contractId);
    tellPosition(reply, await this.store.lastPosition());
    return {
      remittances: made.map(({ remittanceId, number, currency }) => ({
        remittanceId,
        number,
        currency,
      })),
    };
  }
}
