import { RemittanceModule } from '@encaisse/remittance/feature';
import { runService } from '@encaisse/platform/runtime';

void runService('remittance', [RemittanceModule]);
