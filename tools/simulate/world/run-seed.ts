import type { Projection } from '@encaisse/platform/projections';
import { host } from '../host';
import { SimulatedAcquirer } from './acquirer';
import { SimulatedBank } from './bank';
import { SimulatedBroker } from './broker';
import { Chance } from './chance';
import { Client } from './client';
import { Conditions, type FaultKind } from './conditions';
import { FaultSchedule } from './fault-schedule';
import { SimulatedFolders } from './file-drop';
import { hold, type Invariant, InvariantBroken, isBugTold, unhandled } from './findings';
import type { Entry } from './ledger-book';
import { Machine, SimulatedProcess } from './machine';
import { calendarDay, type Plan, planOf, processesOf, wallOf } from './plan';
import { checkEffects } from './probe';
import { Product, type ServiceName, SETTINGS, type World } from './product';
import { checkRebuilt } from './rebuilt';
import { SimulatedServer } from './server';
import { Trade } from './trade';
import { beginUpgrade, finishUpgrade } from './releases';
import { type SettledParts, unrestOf } from './unrest';
import { Watch } from './watch';
import { Wire } from './wire';

export type SeedOptions = {
  readonly hasFaults?: boolean;
  readonly verificationCode?: string;
  /** The broker puts messages of one key out of order: the seed must break. */
  readonly isHostile?: boolean;
  /** False runs over the log in PostgreSQL what the draw would run over the simulated broker. */
  readonly hasKafka?: boolean;
  /** Told of what the product logs. */
  readonly onLog?: (line: string) => void;
};

/** What a seed led to. */
export type SeedReport = {
  readonly plan: Plan;
  readonly hash: string;
  readonly events: number;
  readonly commands: number;
  readonly steps: number;
  readonly virtualMillis: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly broken: { readonly invariant: Invariant; readonly message: string } | null;
};

/** Nothing of weight for so long: the machine is suspended until something is due. */
const QUIET_MILLIS = 1300;
const HEAL_MILLIS = 3_600_000;
const LOOK_MILLIS = 500;
/** Calm for as long as the leases of dead processes last, of one after the other: 12 s. */
const CALM_LOOKS = 24;

/** One seed: a world, its trade, its faults, and the books that must agree in the end. */
export class Simulation {
  readonly plan: Plan;
  private readonly machine: Machine;
  private readonly conditions: Conditions;
  private readonly server: SimulatedServer;
  private readonly watch: Watch;
  private readonly trade: Trade;
  private readonly client: Client;
  private readonly faults: FaultSchedule;
  private readonly bank: SimulatedBank;
  private readonly world: World;
  private readonly copies: {
    process: SimulatedProcess;
    product: Product | null;
    services: readonly ServiceName[];
    /** Of the newer of two releases (F16). */
    isNewer: boolean;
  }[] = [];
  private restarts = 0;

  constructor(
    seed: string,
    private readonly options: SeedOptions = {},
  ) {
    const { hasFaults = true, hasKafka = true } = options;
    this.plan = planOf(seed, { hasFaults, hasKafka });
    const chance = new Chance(`run ${seed}`);
    this.machine = new Machine(wallOf(this.plan, -1, '08:00'), chance.fork('machine'));
    this.conditions = new Conditions(chance.fork('conditions'), new Set(this.plan.faults));
    this.server = new SimulatedServer(this.machine, this.conditions);
    const acquirer = new SimulatedAcquirer(this.machine, this.conditions);
    this.watch = new Watch(acquirer);
    const folders = new SimulatedFolders(this.machine);
    const broker = new SimulatedBroker(this.machine, this.conditions, chance.fork('broker'));
    broker.isHostile = options.isHostile ?? false;
    const wire = new Wire(this.machine, this.conditions);
    wire.crash = (process) => this.crash(process);
    this.world = {
      machine: this.machine,
      conditions: this.conditions,
      server: this.server,
      wire,
      acquirer,
      folders,
      broker,
      plan: this.plan,
      log: (name, details, message) => {
        const line = `${name}: ${message} ${JSON.stringify(details)}`;
        options.onLog?.(line);
        if (isBugTold(line)) this.fail(new InvariantBroken('CRASH', line));
      },
    };
    this.client = new Client(this.machine, this.conditions, (service) => this.running(service));
    this.client.onBug = (message) => this.fail(new InvariantBroken('CRASH', message));
    this.server.onUnknown = ({ message }) => this.fail(new InvariantBroken('CRASH', message));
    this.trade = new Trade(this.plan, {
      chance: chance.fork('trade'),
      machine: this.machine,
      conditions: this.conditions,
      client: this.client,
      watch: (told) => this.guarded(() => this.watch.answered(told)),
      books: this.watch,
      verificationCode: options.verificationCode ?? '123',
    });
    this.bank = new SimulatedBank(this.machine, folders, chance.fork('bank'));
    this.bank.onFound = (found) => this.guarded(() => this.watch.remittances.checkFound(found));
    this.bank.onContradiction = (path) =>
      this.fail(new InvariantBroken('M6', `${path} was written with other content`));
    this.bank.onRejected = (number) => this.rememberRejected(number);
    this.server.onCommitted = (events) => this.guarded(() => this.watch.committed(events));
    this.faults = new FaultSchedule(chance.fork('faults'), {
      machine: this.machine,
      conditions: this.conditions,
      server: this.server,
      broker,
      processes: () => this.copies.map(({ process }) => process).filter(({ isDead }) => !isDead),
      crash: (process) => this.crash(process),
      upgrade: (process) => beginUpgrade(this.copies, process),
    });
  }

  async run(): Promise<SeedReport> {
    host.run(this.machine);
    const onRejection = (error: unknown) => this.fail(unhandled(error));
    process.on('unhandledRejection', onRejection);
    let broken: SeedReport['broken'] = null;
    try {
      await this.live();
    } catch (error) {
      if (!(error instanceof InvariantBroken)) throw error;
      broken = { invariant: error.invariant, message: error.message };
    } finally {
      process.off('unhandledRejection', onRejection);
    }
    return {
      plan: this.plan,
      hash: this.watch.hash(),
      events: this.server.events.length,
      commands: this.trade.commands,
      steps: this.machine.steps,
      virtualMillis: this.machine.wall - wallOf(this.plan, -1, '08:00'),
      faults: Object.fromEntries(this.conditions.counts),
      broken,
    };
  }

  private async live(): Promise<void> {
    for (const services of processesOf(this.plan)) this.start(services);
    let isOpen = false;
    this.trade.open(() => (isOpen = true));
    await this.machine.run(() => isOpen, Infinity);
    this.scheduleCollections();
    this.trade.schedule(() => this.faults.onBurst());
    let isOver = false;
    this.machine.atWall(this.endOfTrade(), () => (isOver = true));
    await this.machine.run(() => isOver, QUIET_MILLIS);
    await this.heal();
    await this.lastCollection();
    await this.check();
  }

  /** The last day of trade, late enough for every collection of it. */
  private endOfTrade(): number {
    return wallOf(this.plan, calendarDay(this.plan, this.plan.days - 1) + 1, '02:00');
  }

  /** The machine wakes for every collection, as a scheduler that is not suspended would. */
  private scheduleCollections(): void {
    const times = new Set(
      this.trade.merchants.map(
        ({ telecollectionTime }) => telecollectionTime ?? SETTINGS.telecollectionTime,
      ),
    );
    const last = calendarDay(this.plan, this.plan.days - 1) + 1;
    for (let day = 0; day <= last; day += 1)
      for (const time of times)
        this.machine.atWall(wallOf(this.plan, day, time) + 1, () => undefined);
  }

  /** No faults any more: everything must be settled within one virtual hour. */
  private async heal(): Promise<void> {
    this.faults.heal();
    for (const process of finishUpgrade(this.copies)) this.crash(process);
    for (const copy of this.copies) if (copy.process.isDead) this.restart(copy);
    let calm = 0;
    let complaint = 'nothing was looked at';
    const until = this.machine.now + HEAL_MILLIS;
    const look = (): void => {
      void unrestOf(this.parts()).then((unrest) => {
        complaint = unrest ?? complaint;
        calm = unrest === null ? calm + 1 : 0;
        this.machine.in(LOOK_MILLIS, null, look);
      });
    };
    look();
    await this.machine.run(() => calm >= CALM_LOOKS || this.machine.now > until, Infinity);
    calm = -Infinity;
    hold(this.machine.now <= until, 'P4', () => `not settled one hour after healing: ${complaint}`);
  }

  /** One more evening without faults collects all that was due before it. */
  private async lastCollection(): Promise<void> {
    this.bank.close();
    const day = calendarDay(this.plan, this.plan.days - 1) + 2;
    let isOver = false;
    this.machine.atWall(wallOf(this.plan, day, '12:30'), () => (isOver = true));
    await this.machine.run(() => isOver, QUIET_MILLIS);
    await this.heal();
    const dueUntil = new Date(wallOf(this.plan, day - 2, '12:00')).toISOString().slice(0, 10);
    for (const entry of this.watch.ledger.entries.values()) this.checkCollected(entry, dueUntil);
  }

  private checkCollected(entry: Entry, dueUntil: string): void {
    const isDue =
      entry.status === 'ACCEPTED' &&
      entry.acquirer === 'TO_SEND' &&
      (entry.plannedDate ?? '9') <= dueUntil;
    hold(
      !isDue,
      'M6',
      () => `${entry.id}, planned for ${entry.plannedDate ?? ''}, was never collected`,
    );
  }

  private parts(): SettledParts {
    const { copies, client, watch, trade } = this;
    return { copies, client, watch, trade };
  }

  private async check(): Promise<void> {
    this.watch.checkAuthorizations();
    const missing = this.watch.ledger.missingRefunds[0];
    hold(missing === undefined, 'M2', () => `the refund ${missing ?? ''} has no stream of its own`);
    const { events, tables } = this.server;
    checkEffects(tables, events);
    for (const projection of this.readModels()) await checkRebuilt(projection, events, tables);
    const all = await this.server.log.readAll({ after: 0, limit: Number.MAX_SAFE_INTEGER });
    this.watch.checkUnchanged(all);
  }

  /** Each read model once, of whichever copy has it. */
  private readModels(): Iterable<Projection> {
    const all = this.copies.flatMap(({ product }) => product?.readModels ?? []);
    return new Map(all.map((projection) => [projection.name, projection])).values();
  }

  private running(service: ServiceName): readonly Product[] {
    return this.copies
      .filter(({ process, services }) => !process.isDead && services.includes(service))
      .map(({ product }) => product)
      .filter((product): product is Product => product !== null);
  }

  private start(services: readonly ServiceName[]): void {
    const copy = { process: new SimulatedProcess(''), product: null, services, isNewer: false };
    this.copies.push(copy);
    this.restart(copy);
  }

  /** A process begins anew: what the one before had in memory is gone. */
  private restart(copy: (typeof this.copies)[number]): void {
    this.restarts += 1;
    const process = new SimulatedProcess(`${copy.services.join('+')}#${this.restarts}`);
    copy.process = process;
    copy.product = null;
    this.machine.in(1, process, () => {
      Product.start(process, copy.services, this.world, copy.isNewer).then(
        (product) => {
          if (!process.isDead) copy.product = product;
        },
        // A start that fails for an outage ends the process; whoever runs it starts it again.
        (error: unknown) => {
          this.world.log(process.name, { error: (error as Error).message }, 'the start failed');
          this.crash(process);
        },
      );
    });
  }

  private crash(process: SimulatedProcess): void {
    if (process.isDead) return;
    process.isDead = true;
    this.server.forget(process);
    const copy = this.copies.find((one) => one.process === process);
    if (!copy) return;
    copy.product = null;
    // Unless the healing has started it already: two of them would be one too many.
    this.machine.in(this.conditions.chance.spread(100, 20_000), null, () => {
      if (copy.process === process) this.restart(copy);
    });
  }

  private rememberRejected(number: string): void {
    const remittance = this.watch.remittances.byNumber.get(number);
    const merchant = this.trade.merchants.find(
      ({ contractId }) => contractId === remittance?.contractId,
    );
    if (remittance && merchant)
      this.trade.rejectedRemittances.push({ merchant, id: remittance.id });
  }

  private guarded(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.fail(error as Error);
    }
  }

  private fail(error: Error): void {
    this.machine.failure ??= error;
  }
}

/** Runs one seed. */
export function runSeed(seed: string, options: SeedOptions = {}): Promise<SeedReport> {
  // Calendar days are reckoned before the machine of the seed is there; luxon asks for the time.
  host.run(new Machine(0, new Chance(seed)));
  return new Simulation(seed, options).run();
}
