import { CashdeskModule } from '@encaisse/cashdesk/feature';
import { runService } from '@encaisse/platform/runtime';

void runService('cashdesk', [CashdeskModule]);
