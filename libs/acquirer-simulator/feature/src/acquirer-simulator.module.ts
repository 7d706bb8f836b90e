import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import {
  LOGGER_TOKEN,
  type Logger,
  portRefused,
  SETTINGS_TOKEN,
  type Settings,
} from '@encaisse/platform/runtime';
import { AcquirerSimulator } from './acquirer-simulator';
import { RemittanceFilesModule } from './remittance-files';

/** Answers authorisations on ACQUIRER_SIMULATOR_PORT, and remittance files in the file drop. */
@Module({
  imports: [RemittanceFilesModule],
  providers: [
    {
      provide: AcquirerSimulator,
      inject: [SETTINGS_TOKEN, LOGGER_TOKEN],
      useFactory: (settings: Settings, logger: Logger) =>
        new AcquirerSimulator(
          {
            host: settings.host,
            port: settings.acquirerSimulatorPort,
            gatewayTimeoutMs: settings.acquirerTimeoutMillis,
          },
          logger,
        ),
    },
  ],
  exports: [AcquirerSimulator],
})
export class AcquirerSimulatorModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly simulator: AcquirerSimulator,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  async onModuleInit(): Promise<void> {
    try {
      await this.simulator.start();
    } catch (error) {
      throw portRefused(
        'ACQUIRER_SIMULATOR_PORT',
        this.settings.acquirerSimulatorPort,
        error as Error,
      );
    }
  }

  onApplicationShutdown(): Promise<void> {
    return this.simulator.close();
  }
}
