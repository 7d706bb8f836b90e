import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestWithNotes } from './action-notes';
import { ASK_AGAIN, COMMON_PROBLEMS, Problem, PROBLEM_TYPE_PREFIX } from './problem';

type ErrorLogger = { error(details: object, message: string): void };

const BY_STATUS: Readonly<Record<number, keyof typeof COMMON_PROBLEMS>> = {
  400: 'invalid-request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  413: 'body-too-large',
  415: 'unsupported-media-type',
};

/** Renders every error as application/problem+json. What is not ours to explain is logged, not shown. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: ErrorLogger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const problem = this.problemFor(error, request);
    (request as RequestWithNotes).problemCode = problem.code;
    if (reply.sent) return;
    const { retryAfterSeconds } = problem.members;
    if (typeof retryAfterSeconds === 'number')
      void reply.header('retry-after', String(retryAfterSeconds));
    void reply
      .status(problem.kind.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(problemDocument(problem, request.id));
  }

  private problemFor(error: unknown, request: FastifyRequest): Problem {
    if (error instanceof Problem) return error;
    const status = statusOf(error);
    const code = status === null ? undefined : BY_STATUS[status];
    if (code) return new Problem(code, COMMON_PROBLEMS[code], publicDetail(error, request));
    const message = error instanceof Error ? error.message : 'not an error';
    const stack = error instanceof Error ? error.stack : undefined;
    if (isOutage(error)) {
      this.logger.error({ requestId: request.id, error: message }, 'a part is away');
      return new Problem('unavailable', COMMON_PROBLEMS.unavailable, ASK_AGAIN);
    }
    this.logger.error({ requestId: request.id, error: message, stack }, 'a request failed');
    const detail = 'the request was not understood by our own code; quote the instance to support';
    return new Problem('internal', COMMON_PROBLEMS.internal, detail);
  }
}

/** What is sent of a problem. */
export function problemDocument(problem: Problem, requestId: string): object {
  return {
    ...problem.members,
    type: `${PROBLEM_TYPE_PREFIX}${problem.code}`,
    title: problem.kind.title,
    status: problem.kind.status,
    detail: problem.detail,
    instance: `urn:encaisse:request:${requestId}`,
    code: problem.code,
  };
}

function statusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : null;
}

function publicDetail(error: unknown, request: FastifyRequest): string {
  const status = statusOf(error);
  if (status === 404) return `no route ${request.method} ${request.url.split('?')[0] ?? ''}`;
  if (status === 413) return 'the body is larger than 1 MiB';
  if (status === 415) return 'send application/json';
  if (status === 400) return 'the body is not valid JSON';
  return (error as Error).message;
}

const OUTAGE_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P03', '53300']);

function isOutage(error: unknown): boolean {
  const { code, name } = (error ?? {}) as { code?: string; name?: string };
  return name === 'StoreUnavailable' || (code !== undefined && OUTAGE_CODES.has(code));
}
