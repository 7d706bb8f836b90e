import { ReconciliationModule } from '@encaisse/reconciliation/feature';
import { runService } from '@encaisse/platform/runtime';

void runService('reconciliation', [ReconciliationModule]);
