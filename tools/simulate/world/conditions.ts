import type { Chance } from './chance';
import type { SimulatedProcess } from './machine';

/** The kinds of fault of the reliability programme that the simulation draws from. */
export const FAULTS = {
  F1: 'crash before an append',
  F2: 'crash after a commit, before its acknowledgement',
  F3: 'crash between an append and its publication',
  F4: 'published, then crash before the checkpoint',
  F5: 'duplicates of messages and requests',
  F6: 'messages of different keys out of order',
  F7: 'messages delayed up to 72 hours',
  F8: 'broker down from 1 second to 24 hours',
  F9: 'store failover, what was not acknowledged may be lost',
  F10: 'disk slow, 0.1 to 30 seconds',
  F11: 'disk full',
  F12: 'clock skew up to 10 minutes, backward jumps',
  F13: 'acquirer late, silent, contradictory',
  F14: 'message that its consumer cannot take',
  F15: 'snapshot missing or old',
  F16: 'a process of an older version beside newer ones',
  F17: 'scheduler fires twice or late',
  F18: 'process paused longer than its leases',
  F19: 'connection pool of the smallest size',
  F20: 'vault down',
  F21: 'parts cut off one after the other, then given back',
  F22: 'small delays in every adapter',
} as const;
export type FaultKind = keyof typeof FAULTS;

/** Kinds that need a broker between services: drawn where messages go over Kafka. */
export const BROKER_FAULTS: readonly FaultKind[] = ['F4', 'F6', 'F7', 'F8'];

/** Two releases side by side: drawn apart from the others. */
export const RELEASE_FAULT: FaultKind = 'F16';

/** How the simulated world behaves now. Changed by the fault schedule, read by every adapter. */
export class Conditions {
  readonly counts = new Map<FaultKind, number>();
  /** Once healing, nothing fails any more. */
  isHealing = false;
  isServerUp = true;
  isDiskFull = false;
  isVaultUp = true;
  /** Milliseconds a commit waits for the disk beyond the usual. */
  diskMillis = 0;
  acquirerTrouble = 0;
  crashBefore = 0;
  crashAfter = 0;
  duplicates = 0;
  crashAfterPublish = 0;
  reorder = 0;
  poison = 0;
  buggify = 0;
  readonly cutOff = new Set<string>();

  constructor(
    readonly chance: Chance,
    readonly kinds: ReadonlySet<FaultKind>,
  ) {}

  /** Whether a fault of a kind happens now; counted when it does. */
  strikes(kind: FaultKind, probability: number): boolean {
    if (this.isHealing || !this.kinds.has(kind) || !this.chance.happens(probability)) return false;
    this.count(kind);
    return true;
  }

  count(kind: FaultKind): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  /** Milliseconds a message takes between two programs. */
  networkMillis(): number {
    const usual = 0.1 + this.chance.fraction() * 0.9;
    return this.strikes('F22', this.buggify) ? usual + this.chance.spread(1, 512) : usual;
  }

  /** Milliseconds a commit takes. */
  commitMillis(): number {
    return 0.5 + this.chance.fraction() + this.diskMillis;
  }

  isReachable(process: SimulatedProcess): boolean {
    return this.isServerUp && !this.cutOff.has(process.name);
  }
}
