import { AcquirerSimulatorModule } from '@encaisse/acquirer-simulator/feature';
import { runService } from '@encaisse/platform/runtime';

void runService('acquirer-simulator', [AcquirerSimulatorModule]);
