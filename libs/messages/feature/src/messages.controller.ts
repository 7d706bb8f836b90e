import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@encaisse/platform/http';
import { type Settings, SETTINGS_TOKEN } from '@encaisse/platform/runtime';
import { asyncApiDocument } from './async-api';
import { ALL_PUBLICATIONS } from './publications';

/** What bank integrations read before they listen to the topics. */
@ApiTags('operations')
@Controller('api')
export class MessagesController {
  constructor(@Inject(SETTINGS_TOKEN) private readonly settings: Settings) {}

  @Get('asyncapi.json')
  @Public()
  @ApiOperation({ summary: 'Describe the messages published over Kafka (AsyncAPI 3)' })
  describe() {
    return asyncApiDocument(ALL_PUBLICATIONS, this.settings.kafkaPrefix);
  }
}
