import { Body, Controller, Get, Headers, Param, Patch, Put, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CHOSEN_OPTIONS,
  SHOP_EMAILS,
  SHOP_URLS,
  type ShopEmail,
  type ShopUrl,
} from '@encaisse/merchant-onboarding/contract';
import type { ChangeShopSettingsRefusal } from '@encaisse/merchant-onboarding/domain';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  ActionEntry,
  type ActionNotes,
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
import type { FastifyReply } from 'fastify';
import { MerchantDirectory } from '../merchant-directory';
import { ChangeShopSettingsBody, SwitchOptionBody } from './shop-settings.body';
import {
  type ChangeSettingsResult,
  ChangeShopSettingsCommand,
  type SettingChanges,
  SwitchShopOptionCommand,
} from './shop-settings.handler';
import { ShopSettingsBook } from './shop-settings-book';
import { noteSettingChanges } from './shop-settings-notes';
import { shopSettingsView } from './shop-settings-view';

/** One row per refusal: a refusal without its row does not compile. */
const PROBLEMS = problems<ChangeShopSettingsRefusal['code']>({
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'https-needed': { status: 422, title: 'The page is no https address' },
  'return-page-missing': { status: 422, title: 'An immediate return needs its page' },
});

function detailOf(refusal: ChangeShopSettingsRefusal): string {
  switch (refusal.code) {
    case 'https-needed':
      return `/urls/${refusal.page.toLowerCase()} must be an absolute https address without name and password`;
    case 'return-page-missing':
      return '/urls/return must be given while isImmediateReturn is true';
    default:
      return refusal.code;
  }
}

/** The parameters of a shop (SET): what the operator assigned, and what the merchant may change. */
@ApiTags('settings')
@Controller('api/v1/shops/:shopId')
export class ShopSettingsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly directory: MerchantDirectory,
    private readonly book: ShopSettingsBook,
  ) {}

  @Get('settings')
  @Needs('view-settings')
  @ApiOperation({
    summary: 'Identifiers, contracts, options, e-mails and pages of a shop (SET-01)',
  })
  show(@Param('shopId') shopId: string, @CurrentCaller() caller: Caller) {
    return this.view(shopId, caller);
  }

  @Patch('settings')
  @Needs('change-settings')
  @Logged('SETTING_CHANGE')
  @ApiOperation({ summary: 'Change e-mails, pages, immediate return or ticket reception (SET-03)' })
  async change(
    @Param('shopId') shopId: string,
    @Body() body: ChangeShopSettingsBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    this.directory.visibleShop(shopId, caller);
    const changeId = commandId(body.id, idempotencyKey, caller, `settings ${shopId}`);
    const place = { changeId, shopId, environment: caller.environment };
    const command = new ChangeShopSettingsCommand(place, changesOf(body), metadata);
    const result = await this.commands.execute(command);
    noteSettingChanges(entry, shopId, result.decision);
    tell(reply, result);
    return this.view(shopId, caller);
  }

  @Put('options/:option')
  @Needs('administer-merchants')
  @Logged('SETTING_CHANGE')
  @ApiOperation({ summary: 'Subscribe an option or a billed feature, or end it' })
  async switchOption(
    @Param('shopId') shopId: string,
    @Param('option') name: string,
    @Body() body: SwitchOptionBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    this.directory.visibleShop(shopId, caller);
    const option = CHOSEN_OPTIONS.find((one) => one === name);
    if (option === undefined) throw notFound('option');
    const changeId = commandId(body.id, idempotencyKey, caller, `options ${shopId}`);
    const place = { changeId, shopId, environment: caller.environment };
    const command = new SwitchShopOptionCommand(place, option, body.isSubscribed, metadata);
    const result = await this.commands.execute(command);
    noteSettingChanges(entry, shopId, result.decision);
    tell(reply, result);
    return this.view(shopId, caller);
  }

  private async view(shopId: string, caller: Caller) {
    const shop = this.directory.visibleShop(shopId, caller);
    const { environment } = caller;
    const settings = await this.book.of(environment, shopId);
    const addresses = await this.book.addresses(settings);
    const contracts = this.directory.current.contractsOfShop(shopId, environment);
    return shopSettingsView(shop, environment, contracts, settings, addresses);
  }
}

function tell(reply: FastifyReply, result: ChangeSettingsResult): void {
  orProblem(result.decision, PROBLEMS, detailOf);
  tellPosition(reply, result.position);
  if (result.isReplay) void reply.header('Idempotent-Replayed', 'true');
}

function changesOf(body: ChangeShopSettingsBody): SettingChanges {
  const { isImmediateReturn, isTicketReceived } = body;
  return {
    emails: given<ShopEmail>(SHOP_EMAILS, body.emails),
    urls: given<ShopUrl>(SHOP_URLS, body.urls),
    ...(isImmediateReturn === undefined ? {} : { isImmediateReturn }),
    ...(isTicketReceived === undefined ? {} : { isTicketReceived }),
  };
}

/** The values of a body that were sent, null included, by the names that events have. */
function given<Name extends string>(
  names: readonly Name[],
  body: object | undefined,
): Partial<Record<Name, string | null>> {
  const values = (body ?? {}) as Readonly<Record<string, string | null | undefined>>;
  const found: Partial<Record<Name, string | null>> = {};
  for (const name of names) {
    const value = values[name.toLowerCase()];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
