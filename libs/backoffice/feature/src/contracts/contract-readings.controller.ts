import { Controller, Get, Param, Query as QueryParameters, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CONTRACT_STATES } from '@encaisse/merchant-onboarding/contract';
import { Clock } from '@encaisse/platform/clock';
import {
  type Caller,
  CurrentCaller,
  Logged,
  Needs,
  notFound,
  ReadsFrom,
} from '@encaisse/platform/http';
import type { Query } from '@encaisse/platform/lists';
import { Database } from '@encaisse/platform/postgres';
import type { FastifyReply } from 'fastify';
import { BackofficeDirectory } from '../backoffice-directory';
import { ApiExportForm } from '../export/api-export-form';
import { exportFile } from '../export/export-file';
import { ExportSources } from '../export/export-sources';
import { sendFile } from '../export/send-file';
import { JOURNAL_PROJECTION } from '../journal/journal.projection';
import { REMITTANCES_PROJECTION } from '../remittances/remittances.projection';
import { ContractActivities, type ContractActivity } from './contract-activity';

/** What the back office alone knows of contracts: their last use, and their list as a file (CONT). */
@ApiTags('contracts')
@Controller('api/v1/contracts')
export class ContractReadingsController {
  constructor(
    private readonly activities: ContractActivities,
    private readonly directory: BackofficeDirectory,
    private readonly sources: ExportSources,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Get('export')
  @Needs('export')
  @Logged('EXPORT')
  @ApiOperation({
    summary: 'Export the contracts of a node and below, inactive ones too (CONT-10)',
  })
  @ApiExportForm()
  @ApiQuery({ name: 'nodeId', required: false, description: 'Default: the caller’s node' })
  @ApiQuery({ name: 'contractNumber', required: false })
  @ApiQuery({ name: 'rank', required: false })
  @ApiQuery({ name: 'paymentMeans', required: false })
  @ApiQuery({ name: 'state', required: false, enum: [...CONTRACT_STATES] })
  @ApiQuery({ name: 'search', required: false, description: 'Part of the number, label or shop' })
  async export(
    @QueryParameters() query: Query,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { request } = this.sources.of('contracts', query, caller, this.clock.now());
    await sendFile(reply, exportFile(this.database, request));
  }

  @Get(':contractId/activity')
  @Needs('view-contracts')
  @ReadsFrom(JOURNAL_PROJECTION, REMITTANCES_PROJECTION)
  @ApiOperation({ summary: 'Last authorisation and last telecollection (CONT-04, CONT-06)' })
  activity(
    @Param('contractId') contractId: string,
    @CurrentCaller() caller: Caller,
  ): Promise<ContractActivity> {
    const contract = this.directory.current.contractBelow(contractId, caller);
    if (!contract) throw notFound('contract');
    return this.activities.of(contract);
  }
}
