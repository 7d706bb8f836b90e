import { MessagesModule } from '@encaisse/messages/feature';
import { runService } from '@encaisse/platform/runtime';
import { ReconciliationModule } from '@encaisse/reconciliation/feature';

void runService('reconciliation', [ReconciliationModule, MessagesModule]);
