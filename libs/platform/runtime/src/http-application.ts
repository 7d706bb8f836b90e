import 'reflect-metadata';
import { type DynamicModule, type LoggerService, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { StoreNeed } from '@encaisse/platform/event-store';
import { uuidv7 } from 'uuidv7';
import { describeApi } from './api-description';
import type { Logger } from './logger';
import type { Platform } from './platform';
import { PlatformModule } from './platform.module';

const BODY_LIMIT = 1024 * 1024;
const REQUEST_ID = /^[\w.-]{1,64}$/;

/** A context's Nest module, with what its features ask of the event store beyond the port's promises. */
export type ServiceModule = (Type | DynamicModule) & {
  readonly storeNeeds?: readonly StoreNeed[];
  /** In production nothing of it is there: no route, no socket. */
  readonly isOutsideProductionOnly?: boolean;
};

@Module({})
class ServiceRoot {
  static of(platform: Platform, modules: readonly ServiceModule[]): DynamicModule {
    const isProduction = platform.settings.nodeEnvironment === 'production';
    const wanted = modules.filter((one) => !(isProduction && one.isOutsideProductionOnly));
    return { module: ServiceRoot, imports: [PlatformModule.of(platform), ...wanted] };
  }
}

/** Builds the one Nest application of a process; it does not listen yet. */
export async function createApplication(
  platform: Platform,
  modules: readonly ServiceModule[],
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    logger: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    genReqId: (request: { headers: Record<string, unknown> }) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : uuidv7();
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    ServiceRoot.of(platform, modules),
    adapter,
    { logger: nestLogger(platform.logger), abortOnError: false },
  );
  const fastify = adapter.getInstance<FastifyInstance>();
  platform.tracing?.observe(fastify);
  observe(fastify, platform);
  describeApi(app, platform.service);
  return app;
}

/** Request id echoed, time measured, one log line per answer; never a body. */
function observe(fastify: FastifyInstance, { metrics, logger, readiness }: Platform): void {
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    void reply.header('X-Request-Id', request.id);
    // A kept connection would hold the stop back until its own time-out.
    if (readiness.isStopping) void reply.header('connection', 'close');
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const seconds = reply.elapsedTime / 1000;
    metrics.observeRequest(request.method, route, reply.statusCode, seconds);
    if (logger.isLevelEnabled('debug'))
      logger.debug(
        {
          requestId: request.id,
          method: request.method,
          route,
          status: reply.statusCode,
          millis: Math.round(reply.elapsedTime),
        },
        'answered',
      );
    done();
  });
}

/** Nest's own start-up lines go to the same JSON log; routine ones at debug. */
function nestLogger(logger: Logger): LoggerService {
  return {
    log: (message: unknown) => logger.debug({ nest: String(message) }, 'nest'),
    warn: (message: unknown) => logger.warn({ nest: String(message) }, 'nest'),
    error: (message: unknown) => logger.error({ nest: String(message) }, 'nest'),
  };
}
