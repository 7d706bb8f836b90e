import { runService } from '@encaisse/platform/runtime';
import { firstStart } from './first-start';
import { ALL_MODULES } from './modules';

void runService('all-in-one', ALL_MODULES, firstStart);
