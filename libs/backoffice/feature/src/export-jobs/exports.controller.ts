import {
  Body,
  Controller,
  Get,
  Headers,
  Param,
  Post,
  Query as QueryParameters,
  Res,
} from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Clock } from '@encaisse/platform/clock';
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
  ReadsFrom,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import { limitOf, type Query, refuseUnknown, valueOf } from '@encaisse/platform/lists';
import { LongJobs } from '@encaisse/platform/runtime';
import type { FastifyReply } from 'fastify';
import { contentTypeOf, type ExportFormat } from '../export/export-file';
import { JOURNAL_PROJECTION } from '../journal/journal.projection';
import { REMITTANCES_PROJECTION } from '../remittances/remittances.projection';
import { ExportBody } from './export-body';
import { ExportFiles } from './export-files';
import type { ExportJob } from './export-job';
import { fileProblem } from './export-problems';
import { ExportQueries, type ExportRow } from './export-queries';
import { ExportRequests } from './export-requests';
import { exportView, manifestView, stateOf } from './export-view';
import { EXPORTS_PROJECTION } from './exports.projection';

const PAGE_SIZE = 50;
const LARGEST_PAGE = 500;

/** Exports that may take longer than an answer: watched, fetched later, told by mail (TRX-27). */
@ApiTags('exports')
@Controller('api/v1/exports')
@ReadsFrom(EXPORTS_PROJECTION)
export class ExportsController {
  constructor(
    private readonly requests: ExportRequests,
    private readonly queries: ExportQueries,
    private readonly files: ExportFiles,
    private readonly jobs: LongJobs,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Needs('export')
  @Logged('EXPORT')
  @ReadsFrom(JOURNAL_PROJECTION, REMITTANCES_PROJECTION)
  @ApiOperation({
    summary: 'Export all that a search finds: 201 with the file ready, 202 when it will be mailed',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async request(
    @Body() body: ExportBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @ActionEntry() entry: ActionNotes,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const exportId = commandId(body.id, idempotencyKey, caller, 'exports');
    entry.about({ kind: 'export', id: exportId });
    const { row, position, isReplay } = await this.requests.request(
      exportId,
      body,
      caller,
      metadata,
    );
    tellPosition(reply, position);
    if (isReplay) void reply.header('Idempotent-Replayed', 'true');
    const view = await this.view(row);
    void reply.header('Location', `/api/v1/exports/${exportId}`);
    void reply.status(view.state === 'RUNNING' ? 202 : 201);
    return view;
  }

  @Get()
  @Needs('export')
  @ApiOperation({ summary: 'The exports the caller asked for, newest first, by cursor pages' })
  @ApiQuery({ name: 'limit', required: false })
  @ApiQuery({ name: 'cursor', required: false })
  async list(@QueryParameters() query: Query, @CurrentCaller() caller: Caller) {
    refuseUnknown(query, ['limit', 'cursor']);
    const { rows, nextCursor } = await this.queries.recent(caller, {
      limit: limitOf(query, PAGE_SIZE, LARGEST_PAGE),
      cursor: valueOf(query, 'cursor'),
    });
    const progress = await this.jobs.progressOf(rows.map(({ requested }) => requested.exportId));
    const now = this.clock.now();
    const items = rows.map((row) => exportView(row, progress.get(row.requested.exportId), now));
    return { items, nextCursor };
  }

  @Get(':exportId')
  @Needs('export')
  @ApiOperation({ summary: 'How far an export is, from 0 to 100' })
  async show(@Param('exportId') exportId: string, @CurrentCaller() caller: Caller) {
    return this.view(await this.queries.visible(exportId, caller));
  }

  @Get(':exportId/file')
  @Needs('export')
  @ApiOperation({ summary: 'Fetch the file of an export, until it expires' })
  @ApiProduces('text/csv', 'text/plain', 'application/xml')
  async file(
    @Param('exportId') exportId: string,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const row = this.withFile(await this.queries.visible(exportId, caller));
    const file = await this.files.read(exportId);
    if (file === null) throw notFound('file of this export');
    const { filename, format } = row.requested;
    const digest = Buffer.from(row.finished.sha256, 'hex').toString('base64');
    await reply
      .header('content-type', contentTypeOf(format as ExportFormat))
      .header('content-length', String(file.bytes))
      .header('content-disposition', `attachment; filename="${filename}"`)
      .header('repr-digest', `sha-256=:${digest}:`)
      .header('cache-control', 'no-store')
      .send(file.content);
  }

  @Get(':exportId/manifest')
  @Needs('export')
  @ApiOperation({ summary: 'What the file holds: rows, sums per currency, SHA-256, position' })
  async manifest(@Param('exportId') exportId: string, @CurrentCaller() caller: Caller) {
    const row = this.withFile(await this.queries.visible(exportId, caller));
    return manifestView(row, (await this.jobs.contentOf(exportId)) as ExportJob | null);
  }

  private async view(row: ExportRow) {
    const { exportId } = row.requested;
    const progress = await this.jobs.progressOf([exportId]);
    return exportView(row, progress.get(exportId), this.clock.now());
  }

  /** Throws the problem of an export without a file. */
  private withFile(row: ExportRow): ExportRow & { finished: NonNullable<ExportRow['finished']> } {
    const { finished, failed } = row;
    if (failed !== null) throw fileProblem('export-failed', `it failed: ${failed.reason}`);
    if (finished === null) throw fileProblem('export-not-finished', 'its file is being written');
    if (stateOf(row, this.clock.now()) === 'EXPIRED')
      throw fileProblem('export-expired', `it could be fetched until ${finished.expiresAt}`);
    return { ...row, finished };
  }
}
