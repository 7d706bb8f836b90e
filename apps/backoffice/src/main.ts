import { AccessModule } from '@encaisse/access/feature';
import { EventsModule } from '@encaisse/audit/feature';
import { BackofficeModule } from '@encaisse/backoffice/feature';
import { MessagesModule } from '@encaisse/messages/feature';
import { runService } from '@encaisse/platform/runtime';

void runService('backoffice', [AccessModule, BackofficeModule, EventsModule, MessagesModule]);
