import { MessagesModule } from '@encaisse/messages/feature';
import { runService } from '@encaisse/platform/runtime';
import { RemittanceModule } from '@encaisse/remittance/feature';

void runService('remittance', [RemittanceModule, MessagesModule]);
