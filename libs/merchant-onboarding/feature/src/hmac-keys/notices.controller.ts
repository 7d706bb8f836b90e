import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Clock } from '@encaisse/platform/clock';
import { type Caller, CurrentCaller, Needs } from '@encaisse/platform/http';
import { MerchantDirectory } from '../merchant-directory';
import { HmacKeyBook } from './hmac-key-book';
import { hmacKeyView } from './hmac-key-view';

/** What the home page tells of the shops a caller sees (NAV-06, HMAC-12). */
@ApiTags('settings')
@Controller('api/v1/notices')
export class NoticesController {
  constructor(
    private readonly directory: MerchantDirectory,
    private readonly book: HmacKeyBook,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Needs('view-settings')
  @ApiOperation({
    summary: 'Notices of the shops of the caller: keys that have come to their date',
  })
  list(@CurrentCaller() { nodeId, environment }: Caller) {
    const now = this.clock.now();
    const { current } = this.directory;
    const items = current.shopsAtOrBelow(nodeId).flatMap((shopId) =>
      this.book
        .of({ environment, shopId })
        .keys.map((key) => hmacKeyView(key, now))
        .filter(({ isExpired, activatedAt }) => isExpired && activatedAt !== null)
        .map(({ keyId, kind, expiresAt, isInForce }) => ({
          notice: 'HMAC_KEY_EXPIRED',
          shopId,
          shopName: current.node(shopId)?.name ?? null,
          keyId,
          kind,
          expiresAt,
          isInForce,
        })),
    );
    return { items };
  }
}
