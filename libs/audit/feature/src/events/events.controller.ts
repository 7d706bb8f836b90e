import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiQuery, ApiTags } from '@nestjs/swagger';
import {
  type Caller,
  COMMON_PROBLEMS,
  CurrentCaller,
  invalidRequest,
  Needs,
  Problem,
  ROOT_NODE,
} from '@encaisse/platform/http';
import { EventPages } from './event-pages';

const DEFAULT_LIMIT = 1000;
const MOST = 5000;

class LoggedEvent {
  @ApiProperty({ example: 4711, description: 'Place in the whole log' })
  position!: number;

  @ApiProperty({ example: 'ledger.transaction-019abd2c-6a00-7000-8000-000000000001' })
  streamId!: string;

  @ApiProperty({ example: 2, description: 'Place in its stream, from 0' })
  version!: number;

  @ApiProperty({ example: 'PaymentAccepted' })
  type!: string;

  @ApiProperty({ example: { transactionId: '019abd2c-6a00-7000-8000-000000000001' } })
  data!: object;

  @ApiProperty({ example: '2026-11-22T08:30:00.000Z', description: 'Wall-clock time of the store' })
  recordedAt!: string;
}

class EventPage {
  @ApiProperty({ type: [LoggedEvent] })
  items!: readonly LoggedEvent[];

  @ApiProperty({ example: 4711, description: 'Ask on with `after` of this position' })
  readUpTo!: number;

  @ApiProperty({ example: 0, description: 'Events passed over: of the other environment' })
  withheld!: number;

  @ApiProperty({ example: true, description: 'Nothing follows for now' })
  isLast!: boolean;
}

/** The log as it was written, for those who check the figures without trusting ours. */
@ApiTags('audit')
@Controller('api/v1/events')
export class EventsController {
  constructor(private readonly pages: EventPages) {}

  @Get()
  @Needs('read-events')
  @ApiOperation({ summary: 'Read the events of an environment in order, for the whole tree only' })
  @ApiQuery({ name: 'after', required: false, example: 0 })
  @ApiQuery({ name: 'limit', required: false, example: DEFAULT_LIMIT })
  @ApiOkResponse({ type: EventPage })
  async list(
    @Query('after') after: string | undefined,
    @Query('limit') limit: string | undefined,
    @CurrentCaller() { nodeId, environment }: Caller,
  ): Promise<EventPage> {
    if (nodeId !== ROOT_NODE)
      throw new Problem(
        'forbidden',
        COMMON_PROBLEMS.forbidden,
        'the log is read for the whole tree: a token of the root is needed',
      );
    return this.pages.read(
      wholeNumber('after', after, 0, 0, Number.MAX_SAFE_INTEGER),
      wholeNumber('limit', limit, DEFAULT_LIMIT, 1, MOST),
      environment,
    );
  }
}

function wholeNumber(
  name: string,
  text: string | undefined,
  fallback: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return fallback;
  const number = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  const detail = `must be a whole number from ${least} to ${most}`;
  throw invalidRequest([{ pointer: `query/${name}`, detail }]);
}
