import { AuthorizationModule } from '@encaisse/authorization/feature';
import { runService } from '@encaisse/platform/runtime';

void runService('authorization', [AuthorizationModule]);
