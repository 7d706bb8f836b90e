import { Controller, Get, Module } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@encaisse/platform/http';

/** What this service will hold, told to whoever asks while it has no routes of its own. */
@ApiTags('reconciliation')
@Controller('api/v1/reconciliation')
export class ReconciliationController {
  @Get()
  @Public()
  @ApiOperation({ summary: 'What this service is for' })
  show() {
    return {
      service: 'reconciliation',
      holds: [
        'bank reconciliation journal',
        'bank statements',
        'commissions',
        'chargebacks',
        'accounting postings',
      ],
    };
  }
}

@Module({ controllers: [ReconciliationController] })
export class ReconciliationModule {}
