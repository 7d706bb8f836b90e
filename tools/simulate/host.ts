/** A timer of the virtual machine, shaped as Node's own. */
export type VirtualTimer = {
  cancel(): void;
  ref(): VirtualTimer;
  unref(): VirtualTimer;
  hasRef(): boolean;
};

/** What the simulated programs get in place of the machine. */
export type VirtualMachine = {
  /** Milliseconds since 1970, as the process that asks sees its wall clock. */
  wallMillis(): number;
  /** Milliseconds that never go back and stand still while the machine is suspended. */
  monotonicMillis(): number;
  setTimer(millis: number, work: () => void, isRepeated: boolean): VirtualTimer;
  fillRandom<Bytes extends Uint8Array>(bytes: Bytes): Bytes;
  /** A number from 0 to 1, 1 left out. */
  random(): number;
  uuidv7(): string;
};

/**
 * The one virtual machine of this process, shared by the code that drives the simulation and by the
 * loader that gives simulated programs their time and chance. One seed runs at a time.
 */
class Host {
  private current: VirtualMachine | null = null;

  get machine(): VirtualMachine {
    if (this.current === null) throw new Error('no simulation is running: there is no machine');
    return this.current;
  }

  run(machine: VirtualMachine | null): void {
    this.current = machine;
  }
}

export const host = new Host();
