import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processTree } from './process-tree';
import type { Victim } from './victim';

type OwnBroker = {
  readonly brokers: readonly string[];
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

type Launcher = {
  readonly sourceOfBroker: () => Promise<'KAFKA_BROKERS' | 'docker' | 'java' | null>;
  readonly startOwnBroker: () => Promise<OwnBroker>;
};

function launcher(): Launcher {
  // The launcher is plain JavaScript, so that test setups can use it before anything is compiled.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(join(process.cwd(), 'tools', 'kafka', 'launch-broker.js')) as Launcher;
}

/** A Kafka broker of the laboratory's own, run by Java: one that is shared with others is not killed. */
export class KafkaVictim implements Victim {
  readonly name = 'kafka';
  private ending: Promise<void> = Promise.resolve();

  private constructor(private readonly broker: OwnBroker) {}

  /** Throws one line where this machine has no Java and Maven. */
  static async start(): Promise<KafkaVictim> {
    const source = await launcher().sourceOfBroker();
    if (source !== 'java')
      throw new Error('the targets kafka and relay need Java and Maven, and no KAFKA_BROKERS');
    return new KafkaVictim(await launcher().startOwnBroker());
  }

  get brokers(): readonly string[] {
    return this.broker.brokers;
  }

  kill(): void {
    this.ending = this.broker.kill();
  }

  pause(): void {
    this.signal('SIGSTOP');
  }

  resume(): void {
    this.signal('SIGCONT');
  }

  async restart(): Promise<void> {
    await this.ending;
    await this.broker.start();
  }

  async stop(): Promise<void> {
    await this.broker.stop();
  }

  private signal(signal: NodeJS.Signals): void {
    for (const pid of processTree(process.pid)) if (isBroker(pid)) process.kill(pid, signal);
  }
}

function isBroker(pid: number): boolean {
  try {
    const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return /(^|\/)java$/.test(program);
  } catch {
    return false;
  }
}
