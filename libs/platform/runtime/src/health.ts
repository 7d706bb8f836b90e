import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { EventStore } from '@encaisse/platform/event-store';
import { Public } from '@encaisse/platform/http';
import { MessageBus } from '@encaisse/platform/message-bus';
import { Database } from '@encaisse/platform/postgres';
import { Projections } from '@encaisse/platform/projections';
import type { FastifyReply } from 'fastify';
import { Metrics } from './metrics';
import { Readiness } from './readiness';

const LAG_LIMIT = 50_000;
/** What an event takes in a log whose positions count bytes, about. */
const BYTES_PER_EVENT = 1_000;

/** Liveness, readiness and metrics, for those who run the product. */
@ApiTags('operations')
@Controller()
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly store: EventStore,
    private readonly projections: Projections,
    private readonly bus: MessageBus,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @Public()
  @ApiOperation({ summary: 'Tell that the process runs' })
  live() {
    return { status: 'up' };
  }

  @Get('health/ready')
  @Public()
  @ApiOperation({ summary: 'Tell whether the process can serve' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const parts: Record<string, string> = { ...this.readiness.parts() };
    try {
      await this.database.query('select 1');
      const position = await this.store.lastPosition();
      parts['database'] = 'up';
      parts['log'] = `at position ${position}`;
      const limit = this.store.capabilities.hasDensePositions
        ? LAG_LIMIT
        : LAG_LIMIT * BYTES_PER_EVENT;
      for (const { name, lag, state, error } of await this.projections.status()) {
        const reason = error === null ? '' : `: ${error}`;
        parts[`projection ${name}`] =
          state === 'halted' || lag > limit ? `down: ${state}, lag ${lag}${reason}` : state;
      }
      const relay = await this.bus.relayStatus();
      if (relay !== null) parts['relay'] = `${relay.state}, lag ${relay.lag}`;
    } catch (error) {
      parts['database'] = `down: ${(error as Error).message}`;
    }
    const isReady = !Object.values(parts).some((state) => state.startsWith('down'));
    if (!isReady) void reply.status(503);
    return { status: isReady ? 'ready' : 'not ready', parts };
  }

  @Get('metrics')
  @Public()
  @ApiOperation({ summary: 'Prometheus metrics' })
  async show(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.header('content-type', this.metrics.contentType);
    return this.metrics.text();
  }
}
