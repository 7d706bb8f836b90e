import { runService } from '@encaisse/platform/runtime';
import { ALL_MODULES } from './modules';

void runService('all-in-one', ALL_MODULES);
