import type { FactoryProvider } from '@nestjs/common';
import {
  LOGGER_TOKEN,
  type Logger,
  Readiness,
  SETTINGS_TOKEN,
  type Settings,
} from '@encaisse/platform/runtime';
import { AcquirerGateway } from './acquirer-gateway';
import { Iso8583AcquirerGateway } from './iso8583-acquirer-gateway';

/**
 * The acquirer of ACQUIRER_URL. A link that is down is told and does not make the service unready:
 * taking every instance out of service would not bring the acquirer back.
 */
export const acquirerGatewayProvider: FactoryProvider<AcquirerGateway> = {
  provide: AcquirerGateway,
  inject: [SETTINGS_TOKEN, LOGGER_TOKEN, Readiness],
  useFactory: (settings: Settings, logger: Logger, readiness: Readiness) => {
    const { hostname, port } = new URL(settings.acquirerUrl);
    // A URL writes an IPv6 address between brackets, a socket takes it without.
    const host = hostname.replaceAll(/[[\]]/g, '');
    const gateway = new Iso8583AcquirerGateway(
      { host, port: Number(port), timeoutMs: settings.acquirerTimeoutMillis },
      logger,
    );
    readiness.register('acquirer', () => (gateway.isReady ? 'up' : 'no link, connecting'));
    return gateway;
  },
};
