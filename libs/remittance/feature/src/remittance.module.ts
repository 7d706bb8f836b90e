import { Module } from '@nestjs/common';
import { Clock } from '@encaisse/platform/clock';
import { Streams } from '@encaisse/platform/event-store';
import { FileDrop, FolderFileDrop } from '@encaisse/platform/file-drop';
import { SETTINGS_TOKEN, type Settings } from '@encaisse/platform/runtime';
import { AnswerInboxWorker } from './answers/answer-inbox.worker';
import { RecordAnswers } from './answers/record-answers';
import { RemittanceLines } from './lines/remittance-lines';
import { MakingTurn } from './making/making-turn';
import { RemittanceFiles } from './making/remittance-files';
import { RemittanceKnowledge } from './making/remittance-knowledge';
import { RemittanceMaker } from './making/remittance-maker';
import { SendingTransactions } from './making/sending-transactions';
import { ManualSendingWorker } from './manual-sending/manual-sending.worker';
import { PutBackController } from './resend/put-back.controller';
import { ResendRemittanceController } from './resend/resend-remittance.controller';
import { TelecollectController } from './telecollection/telecollect.controller';
import { Telecollection } from './telecollection/telecollection';

/** Telecollection, remittances, their files and answers. */
@Module({
  controllers: [TelecollectController, ResendRemittanceController, PutBackController],
  providers: [
    {
      provide: FileDrop,
      inject: [SETTINGS_TOKEN],
      useFactory: (settings: Settings) => new FolderFileDrop(settings.fileDropDir),
    },
    RemittanceKnowledge,
    RemittanceLines,
    MakingTurn,
    SendingTransactions,
    RemittanceFiles,
    {
      provide: RemittanceMaker,
      inject: [
        Streams,
        Clock,
        RemittanceKnowledge,
        RemittanceLines,
        SendingTransactions,
        RemittanceFiles,
      ],
      useFactory: (
        streams: Streams,
        clock: Clock,
        knowledge: RemittanceKnowledge,
        lines: RemittanceLines,
        sending: SendingTransactions,
        files: RemittanceFiles,
      ) => new RemittanceMaker(streams, clock, knowledge, lines, sending, files),
    },
    Telecollection,
    RecordAnswers,
    AnswerInboxWorker,
    ManualSendingWorker,
  ],
})
export class RemittanceModule {}
