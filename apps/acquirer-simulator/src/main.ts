import { AcquirerSimulatorModule } from '@encaisse/acquirer-simulator/feature';
import { MailSinkModule } from '@encaisse/mail-sink/feature';
import { runService } from '@encaisse/platform/runtime';

void runService('acquirer-simulator', [AcquirerSimulatorModule, MailSinkModule]);
