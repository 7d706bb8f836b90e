import { CashdeskModule } from '@encaisse/cashdesk/feature';
import { MessagesModule } from '@encaisse/messages/feature';
import { runService } from '@encaisse/platform/runtime';

void runService('cashdesk', [CashdeskModule, MessagesModule]);
