import 'reflect-metadata';
import { type DynamicModule, type LoggerService, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { StoreNeed } from '@encaisse/platform/event-store';
import {
  ASK_AGAIN,
  COMMON_PROBLEMS,
  Problem,
  problemDocument,
  recordAction,
  type RequestWithNotes,
} from '@encaisse/platform/http';
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
  const { trustedProxies } = platform.settings;
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    logger: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    ...(trustedProxies.length > 0 ? { trustProxy: [...trustedProxies] } : {}),
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
  identify(fastify, platform);
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

/** Who calls is known before a body is read, and what was called for is recorded before the answer goes. */
function identify(fastify: FastifyInstance, { authentication, actionLog, logger }: Platform): void {
  fastify.addHook('onRequest', async (request: RequestWithNotes) => {
    try {
      await authentication.identify(request);
    } catch (error) {
      request.authenticationFailure = error as Error;
    }
  });
  fastify.addHook('onSend', async (request: RequestWithNotes, reply, payload) => {
    try {
      await recordAction(actionLog, request, reply);
      return payload;
    } catch (error) {
      // What was asked for may be done; it is not answered for until the action log holds it.
      const { message } = error as Error;
      logger.error({ requestId: request.id, error: message }, 'the action log is away');
      const problem = new Problem('unavailable', COMMON_PROBLEMS.unavailable, ASK_AGAIN);
      void reply
        .code(problem.kind.status)
        .header('content-type', 'application/problem+json; charset=utf-8')
        .removeHeader('content-length');
      return JSON.stringify(problemDocument(problem, request.id));
    }
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
