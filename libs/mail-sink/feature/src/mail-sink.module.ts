import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { portRefused, SETTINGS_TOKEN, type Settings } from '@encaisse/platform/runtime';
import { MailSinkController } from './mail-sink.controller';
import { SmtpSink } from './smtp-sink';

/** Takes mails on SMTP_SINK_PORT and shows them at /dev/mail. */
@Module({
  controllers: [MailSinkController],
  providers: [
    {
      provide: SmtpSink,
      inject: [SETTINGS_TOKEN],
      useFactory: ({ smtpSinkPort }: Settings) =>
        new SmtpSink({ host: '127.0.0.1', port: smtpSinkPort }),
    },
  ],
  exports: [SmtpSink],
})
export class MailSinkModule implements OnModuleInit, OnApplicationShutdown {
  static readonly isOutsideProductionOnly = true;

  constructor(
    private readonly sink: SmtpSink,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {}

  async onModuleInit(): Promise<void> {
    try {
      await this.sink.start();
    } catch (error) {
      throw portRefused('SMTP_SINK_PORT', this.settings.smtpSinkPort, error as Error);
    }
  }

  onApplicationShutdown(): Promise<void> {
    return this.sink.close();
  }
}
