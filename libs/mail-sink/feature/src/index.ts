export { MailSinkModule } from './mail-sink.module';
export { type SinkMail, SmtpSink } from './smtp-sink';
