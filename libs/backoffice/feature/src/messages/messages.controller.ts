import { Controller, Get, HttpCode, Param, Post, Query as QueryParameters } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { isUuid } from '@encaisse/kernel';
import { Clock } from '@encaisse/platform/clock';
import {
  type Caller,
  CurrentCaller,
  Logged,
  Needs,
  notFound,
  Problem,
  problems,
} from '@encaisse/platform/http';
import {
  formedValues,
  limitOf,
  listedValues,
  type Query,
  refuseUnknown,
  valueOf,
} from '@encaisse/platform/lists';
import { MESSAGE_CHANNELS, MESSAGE_STATES, Outbox } from '@encaisse/platform/mail';
import { BackofficeDirectory } from '../backoffice-directory';
import { requiredPeriod } from '../search/period';
import { MessageQueries, type MessageRow, type MessageSearch } from './message-queries';

const PAGE_SIZE = 50;
const LARGEST_PAGE = 500;
const PARAMETERS = [
  ...['state', 'channel', 'template', 'aboutKind', 'aboutId', 'from', 'to'],
  ...['limit', 'cursor'],
];
const NAME = /^[\w-]{1,100}$/;

/** Why a message is not tried again. */
const PROBLEMS = problems({
  'message-not-failed': { status: 409, title: 'Only a message that failed can be tried again' },
});

/** The journal of mails and short messages, for those who run the product (NOTIF-18). */
@ApiTags('messages')
@Controller('api/v1/mails')
export class MessagesController {
  constructor(
    private readonly queries: MessageQueries,
    private readonly outbox: Outbox,
    private readonly directory: BackofficeDirectory,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Needs('follow-mails')
  @ApiOperation({ summary: 'Mails and short messages, newest first, by cursor pages' })
  @ApiQuery({ name: 'state', required: false, enum: [...MESSAGE_STATES], isArray: true })
  @ApiQuery({ name: 'channel', required: false, enum: [...MESSAGE_CHANNELS], isArray: true })
  @ApiQuery({ name: 'template', required: false })
  @ApiQuery({ name: 'aboutKind', required: false, description: 'such as export' })
  @ApiQuery({ name: 'aboutId', required: false })
  @ApiQuery({ name: 'from', required: false, description: 'with to' })
  @ApiQuery({ name: 'to', required: false, description: 'with from' })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  async list(@QueryParameters() query: Query, @CurrentCaller() caller: Caller) {
    const page = await this.queries.page(this.searchOf(query, caller), caller, {
      limit: limitOf(query, PAGE_SIZE, LARGEST_PAGE),
      cursor: valueOf(query, 'cursor'),
    });
    return { items: page.rows.map(messageView), nextCursor: page.nextCursor };
  }

  @Post(':mailId/retry')
  @HttpCode(202)
  @Needs('retry-mail')
  @Logged('MAIL_RETRY')
  @ApiOperation({ summary: 'Queue a message again that has failed' })
  async retry(@Param('mailId') mailId: string, @CurrentCaller() caller: Caller) {
    const row = isUuid(mailId) ? await this.queries.find(mailId, caller) : null;
    if (row === null) throw notFound('mail');
    if (!(await this.outbox.retry(mailId))) {
      const detail = `its state is ${row.state}`;
      throw new Problem('message-not-failed', PROBLEMS['message-not-failed'], detail);
    }
    return messageView({ ...row, state: 'QUEUED' });
  }

  private searchOf(query: Query, caller: Caller): MessageSearch {
    refuseUnknown(query, PARAMETERS);
    const hasPeriod = query['from'] !== undefined || query['to'] !== undefined;
    const { historyMonths } = this.directory.scopeOf(caller);
    const named = (name: string) => formedValues(query, name, NAME, 'must be a name or an id');
    return {
      period: hasPeriod ? requiredPeriod(query, historyMonths, this.clock.now()) : null,
      states: listedValues(query, 'state', MESSAGE_STATES),
      channels: listedValues(query, 'channel', MESSAGE_CHANNELS),
      templates: named('template'),
      aboutKinds: named('aboutKind'),
      aboutIds: named('aboutId'),
    };
  }
}

function messageView({ messageId, aboutKind, aboutId, maskedRecipient, ...row }: MessageRow) {
  return {
    mailId: messageId,
    ...row,
    recipient: maskedRecipient,
    about: aboutKind === null ? null : { kind: aboutKind, id: aboutId },
  };
}
