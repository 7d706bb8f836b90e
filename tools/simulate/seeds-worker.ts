import { loadEngine } from './engine';
import { doTasks } from './processes';
import { runTask, type SeedTask } from './seed-task';

const engine = loadEngine();

doTasks((task: SeedTask) => runTask(engine, task));
