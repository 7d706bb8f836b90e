import { Module } from '@nestjs/common';
import { FileDrop, FolderFileDrop } from '@encaisse/platform/file-drop';
import { SETTINGS_TOKEN, type Settings } from '@encaisse/platform/runtime';
import { RemittanceFileTaker } from './remittance-file-taker';
import { RemittanceFilesController } from './remittance-files.controller';

/** The simulated acquirer takes the remittance files dropped for it, and answers them. */
@Module({
  controllers: [RemittanceFilesController],
  providers: [
    {
      provide: FileDrop,
      inject: [SETTINGS_TOKEN],
      useFactory: (settings: Settings) => new FolderFileDrop(settings.fileDropDir),
    },
    RemittanceFileTaker,
  ],
})
export class RemittanceFilesModule {}
