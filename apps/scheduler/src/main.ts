import { MessagesModule } from '@encaisse/messages/feature';
import { runService } from '@encaisse/platform/runtime';
import { SchedulerModule } from '@encaisse/scheduler/feature';

void runService('scheduler', [SchedulerModule, MessagesModule]);
