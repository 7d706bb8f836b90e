import { Controller, Get, Module } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@encaisse/platform/http';

/** What this service will hold, told to whoever asks while it has no routes of its own. */
@ApiTags('scheduler')
@Controller('api/v1/scheduler')
export class SchedulerController {
  @Get()
  @Public()
  @ApiOperation({ summary: 'What this service is for' })
  show() {
    return {
      service: 'scheduler',
      holds: ['instalment plans', 'subscriptions', 'due dates', 'expiry watch', 'timed jobs'],
    };
  }
}

@Module({ controllers: [SchedulerController] })
export class SchedulerModule {}
