import { Agent, request } from 'undici';
import type { DeliveryOutcome, MessageTransport, OpenMessage } from './transport';

export type SmsGatewayOptions = {
  readonly url: string;
  /** Sent as bearer token; null where the gateway asks for none. */
  readonly token: string | null;
  readonly timeoutMillis?: number;
};

const TIMEOUT_MILLIS = 10_000;
/** Refusals that say « later », not « never ». */
const LATER = new Set([401, 403, 404, 408, 425, 429]);

/**
 * Delivers short messages through an HTTP gateway: one JSON object per message, `{ id, to, text }`, the
 * id as `Idempotency-Key` too, so that a gateway can tell a repetition. 2xx means taken over.
 */
export class SmsGatewayTransport implements MessageTransport {
  private readonly agent: Agent;

  constructor(private readonly options: SmsGatewayOptions) {
    const timeout = options.timeoutMillis ?? TIMEOUT_MILLIS;
    this.agent = new Agent({
      connect: { timeout },
      headersTimeout: timeout,
      bodyTimeout: timeout,
      keepAliveTimeout: 1000,
    });
  }

  async deliver({ id, recipient, text }: OpenMessage): Promise<DeliveryOutcome> {
    const { url, token } = this.options;
    try {
      const { statusCode, body } = await request(url, {
        dispatcher: this.agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'idempotency-key': id,
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ id, to: recipient, text }),
      });
      await body.dump();
      return outcomeOf(statusCode);
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      return { kind: 'not-now', error: code === undefined ? message : `${code}: ${message}` };
    }
  }

  async close(): Promise<void> {
    await this.agent.close();
  }
}

/** What is wrong with our address or token is mended by us; other 4xx are about the message. */
function outcomeOf(status: number): DeliveryOutcome {
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  const isRefused = status >= 400 && status < 500 && !LATER.has(status);
  return { kind: isRefused ? 'refused' : 'not-now', error: `the gateway answered ${status}` };
}
