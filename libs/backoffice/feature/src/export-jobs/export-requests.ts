import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { exportStream, requestExport } from '@encaisse/backoffice/domain';
import { invariant } from '@encaisse/kernel';
import { Clock, Timers } from '@encaisse/platform/clock';
import { type EventMetadata, type Position, Streams } from '@encaisse/platform/event-store';
import { type Caller, orProblem } from '@encaisse/platform/http';
import type { Query } from '@encaisse/platform/lists';
import { Projections } from '@encaisse/platform/projections';
import { LongJobs, SETTINGS_TOKEN, type Settings } from '@encaisse/platform/runtime';
import { contentFingerprint, Keyring } from '@encaisse/platform/security';
import { filenameOf } from '../export/export-file';
import { EXPORT_PARAMETERS, ExportSources } from '../export/export-sources';
import { queryOfBody, readInBody } from '../search/body-filters';
import type { ExportBody } from './export-body';
import { EXPORT_JOB, type ExportJob } from './export-job';
import { REQUEST_PROBLEMS } from './export-problems';
import type { ExportRow } from './export-queries';
import { ExportWorker } from './export-worker';
import { EXPORTS_PROJECTION, exportsProjection } from './exports.projection';

const LOOK_MILLIS = 100;
const PROJECTION_MILLIS = 5000;

/** An export as it stands when its caller is answered. */
export type AnsweredExport = {
  readonly row: ExportRow;
  readonly position: Position;
  readonly isReplay: boolean;
};

/** Takes requests of exports, and waits a while for their files (TRX-27). */
@Injectable()
export class ExportRequests implements OnModuleInit {
  constructor(
    private readonly streams: Streams,
    private readonly jobs: LongJobs,
    private readonly sources: ExportSources,
    private readonly worker: ExportWorker,
    private readonly keyring: Keyring,
    private readonly projections: Projections,
    private readonly clock: Clock,
    private readonly timers: Timers,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    this.projections.register(exportsProjection);
  }

  async request(
    exportId: string,
    body: ExportBody,
    caller: Caller,
    metadata: EventMetadata,
  ): Promise<AnsweredExport> {
    const { kind } = body;
    const { nodeId, environment } = caller;
    const askedAt = this.clock.now();
    const query = queryOf(body);
    const { request, nodeId: searchedNodeId } = readInBody(
      () => this.sources.of(kind, query, caller, askedAt),
      EXPORT_PARAMETERS,
    );
    const content = { kind, query, nodeId, environment, login: caller.actor.login };
    const command = {
      ...{ exportId, kind, environment, nodeId: searchedNodeId },
      ...{ format: request.format, language: request.language, filename: filenameOf(request) },
      columns: request.columns.map(({ name }) => name),
      fingerprint: contentFingerprint(this.keyring.contentKey, content),
      personId: caller.person?.reference.personId ?? null,
      requestedAt: askedAt,
    };
    // What is to be done lies ready before it is asked for: no crash leaves a request without it.
    const job: ExportJob = { kind, query, caller: { nodeId, environment }, askedAt };
    await this.jobs.add({ jobId: exportId, kind: EXPORT_JOB, environment, content: job });
    const { decision, position, isReplay } = await this.streams.decide(
      exportStream,
      exportId,
      (state) => requestExport(command, state),
      metadata,
    );
    orProblem(decision, REQUEST_PROBLEMS);
    this.worker.wake();
    await this.waitForEnd(exportId);
    const { state, events } = await this.streams.load(exportStream, exportId);
    invariant(state !== null, 'an accepted request is recorded');
    const last = events.at(-1)?.position ?? position;
    // Whoever was told that the file is there fetches it at once.
    await this.projections.waitFor(EXPORTS_PROJECTION, last, PROJECTION_MILLIS);
    return { row: state, position: last, isReplay };
  }

  /** Until the job ends, or its caller is not to wait longer: from then on a mail is owed. */
  private async waitForEnd(exportId: string): Promise<void> {
    const until = this.timers.monotonicMillis() + this.settings.exportAnswerSeconds * 1000;
    while (this.timers.monotonicMillis() < until) {
      if (await this.jobs.hasEnded(exportId)) return;
      await this.timers.pause(LOOK_MILLIS);
    }
    await this.jobs.stopWaiting(exportId);
  }
}

function queryOf({ search, format, language, columns, sort, order }: ExportBody): Query {
  const beside = { format, language, columns: columns?.join(','), sort, order };
  const given = Object.entries(beside).filter(([, value]) => value !== undefined);
  return queryOfBody({ ...search, ...Object.fromEntries(given) });
}
