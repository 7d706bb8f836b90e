import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  openStoreService,
  requestStoreService,
  shopStoreStream,
  type StoreRequest,
} from '@encaisse/merchant-onboarding/domain';
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
import type { FastifyReply } from 'fastify';
import { MerchantDirectory } from '../merchant-directory';
import { OPEN_CONTRACT_PROBLEMS } from '../open-contract/open-contract-problems';
import { OpenContractCommand } from '../open-contract/open-contract.handler';
import { PAYMENT_MEANS } from '../payment-means';
import { StoreBook, storeStreamId } from './store-book';
import { OpenServiceBody, RequestServiceBody } from './store.body';
import { STORE_PROBLEMS } from './store-problems';

/** The store of payment means (STORE). */
@ApiTags('store')
@Controller('api/v1')
export class StoreController {
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly directory: MerchantDirectory,
    private readonly book: StoreBook,
  ) {}

  @Get('shops/:shopId/store')
  @Needs('view-store')
  @ApiOperation({
    summary: 'The payment means available, and how each stands at the shop (STORE-01)',
  })
  list(@Param('shopId') shopId: string, @CurrentCaller() caller: Caller) {
    this.directory.visibleShop(shopId, caller);
    const { environment } = caller;
    const contracts = this.directory.current.contractsOfShop(shopId, environment);
    const requests = this.book.of(environment, shopId);
    const items = PAYMENT_MEANS.map((paymentMeans) => {
      const own = contracts.filter((contract) => contract.paymentMeans === paymentMeans);
      const request = requests.find(
        (one) => one.paymentMeans === paymentMeans && one.contractId === null,
      );
      const isActive = own.some((contract) => contract.isActive);
      const unopened = request ? 'REQUESTED' : own.length > 0 ? 'INACTIVE' : 'AVAILABLE';
      return {
        paymentMeans,
        state: isActive ? 'ACTIVE' : unopened,
        requestId: request?.requestId ?? null,
        contractIds: own.map(({ contractId }) => contractId),
      };
    });
    return { items };
  }

  @Post('shops/:shopId/store/requests')
  @HttpCode(201)
  @Needs('request-store-service')
  @Logged('STORE_REQUEST')
  @ApiOperation({ summary: 'Pass on the identifier of a payment means to support (STORE-02)' })
  async request(
    @Param('shopId') shopId: string,
    @Body() body: RequestServiceBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    this.directory.visibleShop(shopId, caller);
    const requestId = commandIdOf(body.id, idempotencyKey, caller, `store ${shopId}`);
    entry.about({ kind: 'store-request', id: requestId, nodeId: shopId });
    const { environment } = caller;
    const { paymentMeans, affiliateIdentifier } = body;
    const hasContract = this.directory.current
      .contractsOfShop(shopId, environment)
      .some((contract) => contract.paymentMeans === paymentMeans && contract.isActive);
    const place = { requestId, shopId, environment };
    const service = { ...place, paymentMeans, affiliateIdentifier, hasContract };
    const at = this.clock.now();
    const result = await this.streams.decide(
      shopStoreStream,
      storeStreamId(place),
      (state) => requestStoreService({ ...service, at }, state),
      metadata,
    );
    orProblem(result.decision, STORE_PROBLEMS);
    await this.book.hasReached(result.position);
    tellPosition(reply, result.position);
    if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    return { requestId };
  }

  @Get('store-requests')
  @Needs('open-store-service')
  @ApiOperation({ summary: 'Requests of the store that support has not opened yet' })
  waiting(@CurrentCaller() caller: Caller) {
    const items = this.book
      .all()
      .filter((one) => one.contractId === null && this.isSeen(one, caller));
    return { items };
  }

  /** The contract is opened first: a repeat finds it there, and tells the store what a crash left out. */
  @Post('store-requests/:requestId/open')
  @HttpCode(201)
  @Needs('open-store-service')
  @Logged('STORE_OPENING')
  @ApiOperation({ summary: 'Open the service: this creates its contract (STORE-02)' })
  async open(
    @Param('requestId') requestId: string,
    @Body() body: OpenServiceBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const request = this.book.all().find((one) => one.requestId === requestId);
    if (!request || !this.isSeen(request, caller)) throw notFound('request');
    entry.about({ kind: 'store-request', id: requestId, nodeId: request.shopId });
    const contractId = commandIdOf(body.id, idempotencyKey, caller, `store-open ${requestId}`);
    const contract = this.contractOf(request, contractId, body);
    const opened = await this.commands.execute(new OpenContractCommand(contract, metadata));
    orProblem(opened.decision, OPEN_CONTRACT_PROBLEMS);
    const at = this.clock.now();
    const result = await this.streams.decide(
      shopStoreStream,
      storeStreamId(request),
      (state) => openStoreService({ requestId, contractId, at }, state),
      metadata,
    );
    orProblem(result.decision, STORE_PROBLEMS);
    const position = Math.max(opened.position, result.position);
    await this.directory.hasReached(position);
    tellPosition(reply, position);
    if (opened.isReplay && result.isReplay) void reply.header('Idempotent-Replayed', 'true');
    return this.directory.current.contract(contractId);
  }

  private isSeen({ environment, shopId }: StoreRequest, caller: Caller): boolean {
    return (
      environment === caller.environment &&
      this.directory.current.isAtOrBelow(shopId, caller.nodeId)
    );
  }

  private contractOf(request: StoreRequest, contractId: string, body: OpenServiceBody) {
    const { shopId, environment, paymentMeans, affiliateIdentifier } = request;
    const { current } = this.directory;
    const rank = current.node(shopId)?.rank ?? '';
    const { currency, minimumMinor, maximumMinor, label } = body;
    const twin = [...current.allContracts()].find(
      (one) =>
        one.contractId !== contractId &&
        one.environment === environment &&
        one.contractNumber === affiliateIdentifier &&
        one.rank === rank &&
        one.paymentMeans === paymentMeans &&
        one.currency === currency,
    );
    return {
      ...{ contractId, environment, shopId, contractNumber: affiliateIdentifier, rank },
      ...{ paymentMeans, currency, minimumMinor, maximumMinor, ceilingMinor: maximumMinor },
      ...{ deferralDays: 0, telecollectionTime: null, bankCode: '', acquirer: 'acquirer', label },
      isShop: current.node(shopId)?.level === 'SHOP',
      twinContractId: twin?.contractId ?? null,
      at: this.clock.now(),
    };
  }
}
