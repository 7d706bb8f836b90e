import { Body, Controller, Get, Headers, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type Instant, instantOfEpochMillis } from '@encaisse/kernel';
import {
  CONTRACT_FILTERS,
  CONTRACT_STATES,
  type ContractTechnicalData,
  type DirectoryContract,
  isContractFound,
} from '@encaisse/merchant-onboarding/contract';
import { contractStream } from '@encaisse/merchant-onboarding/domain';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import {
  ActionEntry,
  type ActionNotes,
  type Caller,
  commandId as commandIdOf,
  CurrentCaller,
  Logged,
  Needs,
  notFound,
  orProblem,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import {
  listedValues,
  pageOf,
  type Query as ListedBy,
  readListQuery,
} from '@encaisse/platform/lists';
import { type Settings, SETTINGS_TOKEN } from '@encaisse/platform/runtime';
import type { FastifyReply } from 'fastify';
import { CHANGE_CONTRACT_PROBLEMS } from '../change-contract/change-contract-problems';
import { RecordTechnicalDataCommand } from '../change-contract/change-contract.handler';
import { MerchantDirectory } from '../merchant-directory';
import { contractDetail, contractLine } from './contract-view';
import { TechnicalDataBody } from './technical-data.body';

const FILTERS = ['nodeId', ...CONTRACT_FILTERS] as const;

/** The contracts of a node and below (CONT). */
@ApiTags('contracts')
@Controller('api/v1/contracts')
export class ContractsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly directory: MerchantDirectory,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  @Get()
  @Needs('view-contracts')
  @ApiOperation({
    summary: 'List contracts, active or not, of a node and below (CONT-01, CONT-02)',
  })
  @ApiQuery({ name: 'nodeId', required: false, description: 'Default: the caller’s node' })
  @ApiQuery({ name: 'contractNumber', required: false })
  @ApiQuery({ name: 'rank', required: false })
  @ApiQuery({ name: 'paymentMeans', required: false })
  @ApiQuery({ name: 'state', required: false, enum: [...CONTRACT_STATES] })
  @ApiQuery({ name: 'search', required: false, description: 'Part of the number, label or shop' })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  list(@Query() query: ListedBy, @CurrentCaller() caller: Caller) {
    const { filters, page } = readListQuery(query, FILTERS);
    listedValues(query, 'state', CONTRACT_STATES);
    const { current } = this.directory;
    const found = this.below(filters.nodeId, caller).filter((one) =>
      isContractFound(one, filters, current),
    );
    const { items, nextCursor } = pageOf(found, page, {
      keyOf: ({ contractNumber, rank, contractId }) => `${contractNumber}|${rank}|${contractId}`,
    });
    return { items: items.map((contract) => contractLine(contract, current)), nextCursor };
  }

  @Get(':contractId/detail')
  @Needs('view-contracts')
  @ApiOperation({ summary: 'The four parts of a contract (CONT-04 to CONT-07)' })
  async detail(@Param('contractId') contractId: string, @CurrentCaller() caller: Caller) {
    const found = this.directory.visibleContract(contractId, caller);
    const telecollectionTime = found.telecollectionTime ?? this.settings.telecollectionTime;
    const { state } = await this.streams.load(contractStream, contractId);
    const recorded = state.status === 'unknown' ? null : state.technicalData;
    return contractDetail({ ...found, telecollectionTime }, this.directory.current, recorded);
  }

  @Put(':contractId/technical-data')
  @Needs('administer-merchants')
  @Logged('CONTRACT_CHANGE')
  @ApiOperation({ summary: 'Record, whole, what bank and operator tell of a contract' })
  async record(
    @Param('contractId') contractId: string,
    @Body() body: TechnicalDataBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { shopId } = this.directory.visibleContract(contractId, caller);
    entry.about({ kind: 'contract', id: contractId, nodeId: shopId });
    const commandId = commandIdOf(body.id, idempotencyKey, caller, `technical-data ${contractId}`);
    const record = { commandId, technicalData: technicalDataOf(body), at: this.clock.now() };
    const command = new RecordTechnicalDataCommand(contractId, record, metadata);
    const result = await this.commands.execute(command);
    orProblem(result.decision, CHANGE_CONTRACT_PROBLEMS);
    tellPosition(reply, result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    return this.detail(contractId, caller);
  }

  private below(nodeId: string | null, caller: Caller): DirectoryContract[] {
    const { current } = this.directory;
    const top = nodeId ?? caller.nodeId;
    if (top !== caller.nodeId && !current.isAtOrBelow(top, caller.nodeId)) throw notFound('node');
    return current.contractsAtOrBelow(top, caller.environment);
  }
}

function technicalDataOf({ id: _id, ...body }: TechnicalDataBody): ContractTechnicalData {
  return {
    siret: body.siret ?? null,
    protocol: body.protocol ?? null,
    offers: body.offers ?? [],
    acceptanceEnvironment: body.acceptanceEnvironment ?? null,
    isThreeDsActive: body.isThreeDsActive ?? false,
    parametersDownloadedAt: instantOf(body.parametersDownloadedAt),
    telecollectionNumber: body.telecollectionNumber ?? null,
    authorizationNumber: body.authorizationNumber ?? null,
    backupTelecollectionNumber: body.backupTelecollectionNumber ?? null,
    backupAuthorizationNumber: body.backupAuthorizationNumber ?? null,
    telecollectionProvider: body.telecollectionProvider ?? null,
    isTestMode: body.isTestMode ?? false,
    testModeSince: instantOf(body.testModeSince),
    fraudFilters: body.fraudFilters ?? [],
  };
}

/** In the one form that events hold. */
function instantOf(text: string | undefined): Instant | null {
  return text === undefined ? null : instantOfEpochMillis(Date.parse(text));
}
