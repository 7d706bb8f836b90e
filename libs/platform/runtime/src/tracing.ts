import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Consumer, MessageBus } from '@encaisse/platform/message-bus';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] as const;

/**
 * Traces by the standard environment variables of OpenTelemetry, over OTLP in JSON. A request and a
 * message each are a span; the W3C context goes from the request into the metadata of its events, and
 * from there with the message to its consumer. No span holds a body, a card or a person.
 */
export class Tracing {
  private readonly spans = new WeakMap<FastifyRequest, Span>();
  private readonly tracer: Tracer;

  private constructor(private readonly provider: NodeTracerProvider) {
    this.tracer = provider.getTracer('encaisse');
  }

  /** Null when no endpoint is set, or OTEL_SDK_DISABLED says so: then nothing is traced and nothing paid. */
  static open(
    service: string,
    environment: Readonly<Record<string, string | undefined>>,
  ): Tracing | null {
    const isWanted = ENDPOINTS.some((name) => (environment[name] ?? '') !== '');
    if (!isWanted || environment['OTEL_SDK_DISABLED'] === 'true') return null;
    const name = environment['OTEL_SERVICE_NAME'] ?? `encaisse-${service}`;
    const provider = new NodeTracerProvider({
      resource: resourceFromAttributes({ 'service.name': name }),
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
    });
    provider.register();
    return new Tracing(provider);
  }

  /** A span per request; what follows from the request finds the context in its headers. */
  observe(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, _reply, done) => {
      const parent = propagation.extract(ROOT_CONTEXT, request.headers);
      const span = this.tracer.startSpan(request.method, { kind: SpanKind.SERVER }, parent);
      this.spans.set(request, span);
      propagation.inject(trace.setSpan(parent, span), request.headers);
      done();
    });
    fastify.addHook('onResponse', (request, reply, done) => {
      const span = this.spans.get(request);
      const route = request.routeOptions.url ?? 'unknown';
      span?.updateName(`${request.method} ${route}`);
      span?.setAttributes({
        'http.request.method': request.method,
        'http.route': route,
        'http.response.status_code': reply.statusCode,
      });
      if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
      span?.end();
      done();
    });
  }

  /** A span per message that a consumer takes, below the request it came from. */
  follow(bus: MessageBus): void {
    const subscribe = bus.subscribe.bind(bus);
    bus.subscribe = (consumer) => subscribe(this.traced(consumer));
  }

  /** Sends what is still kept. */
  async close(): Promise<void> {
    await this.provider.shutdown().catch(() => undefined);
  }

  private traced(consumer: Consumer): Consumer {
    const { group, handle } = consumer;
    return {
      ...consumer,
      handle: async (message, session) => {
        const { traceparent } = message;
        const carrier = traceparent === undefined ? {} : { traceparent };
        const parent = propagation.extract(ROOT_CONTEXT, carrier);
        const options = {
          kind: SpanKind.CONSUMER,
          attributes: {
            'messaging.consumer.group.name': group,
            'messaging.message.id': message.id,
            'messaging.operation.name': message.type,
          },
        };
        const span = this.tracer.startSpan(`${group} take`, options, parent);
        try {
          await context.with(trace.setSpan(parent, span), () => handle(message, session));
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      },
    };
  }
}
