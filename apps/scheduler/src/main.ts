import { SchedulerModule } from '@encaisse/scheduler/feature';
import { runService } from '@encaisse/platform/runtime';

void runService('scheduler', [SchedulerModule]);
