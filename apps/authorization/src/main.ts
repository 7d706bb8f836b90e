import { AuthorizationModule } from '@encaisse/authorization/feature';
import { MessagesModule } from '@encaisse/messages/feature';
import { runService } from '@encaisse/platform/runtime';

void runService('authorization', [AuthorizationModule, MessagesModule]);
