import {
  addDays,
  type BusinessDay,
  businessDay,
  epochMillis,
  parisInstant,
} from '@encaisse/kernel';
import { Chance } from './chance';
import { BROKER_FAULTS, type FaultKind, FAULTS, RELEASE_FAULT } from './conditions';
import type { ServiceName } from './product';

/** First days of simulated trades: an ordinary one, and those before nights that go wrong elsewhere. */
const FIRST_DAYS = [
  '2026-05-11',
  // Clocks go forward on 29 March, back on 25 October.
  '2026-03-27',
  '2026-10-23',
  '2028-02-27',
  '2027-02-26',
  '2026-12-29',
  '2024-12-30',
] as const;

/** Times of collection, some in the hour that spring leaves out or autumn has twice. */
const COLLECTION_TIMES = [null, '23:00', '22:30', '02:30', '00:05', '23:55', '12:00'] as const;

/** How copies of services are spread over processes. */
const TOPOLOGIES: readonly (readonly (readonly ServiceName[])[])[] = [
  [['authorization', 'cashdesk', 'remittance', 'onboarding']],
  [
    ['authorization', 'cashdesk', 'remittance', 'onboarding'],
    ['authorization', 'cashdesk', 'remittance', 'onboarding'],
  ],
  [['authorization', 'onboarding'], ['cashdesk'], ['remittance']],
  [
    ['authorization', 'onboarding'],
    ['authorization', 'cashdesk'],
    ['cashdesk', 'remittance'],
    ['remittance'],
  ],
];

/** The share of seeds whose messages go over a broker. */
const KAFKA_SHARE = 1 / 3;
/** The share of seeds that are upgraded to the next release meanwhile. */
const UPGRADE_SHARE = 1 / 5;

/** Everything that is drawn before a seed begins. Printed with it. */
export type Plan = {
  readonly seed: string;
  readonly firstDay: BusinessDay;
  readonly days: number;
  readonly merchants: number;
  readonly commands: number;
  readonly bursts: number;
  readonly topology: number;
  readonly poolSize: number;
  /** How messages travel: over the log itself, or over a broker with so many partitions per topic. */
  readonly bus: 'log' | 'kafka';
  readonly partitions: number;
  readonly faults: readonly FaultKind[];
  /** Days nothing happens in the middle of the trade: the 75 days go by. */
  readonly silentDays: number;
};

/** A seed without faults, or without a broker: what is drawn besides stays the same. */
export type PlanOptions = { readonly hasFaults: boolean; readonly hasKafka?: boolean };

export function planOf(
  seed: string,
  { hasFaults, hasKafka = true }: PlanOptions = { hasFaults: true },
): Plan {
  const chance = new Chance(`plan ${seed}`);
  const all = (Object.keys(FAULTS) as FaultKind[]).filter(
    (kind) => kind !== RELEASE_FAULT && !BROKER_FAULTS.includes(kind),
  );
  const ofAll = chance.some(all, chance.whole(5, 20));
  // Drawn apart, so that seeds without a broker stay as they are.
  const busChance = chance.fork('bus');
  const isKafkaDrawn = busChance.happens(KAFKA_SHARE);
  const drawn = isKafkaDrawn ? busChance.some(BROKER_FAULTS, busChance.whole(1, 4)) : [];
  const bus = isKafkaDrawn && hasKafka ? 'kafka' : 'log';
  const ofBroker = bus === 'kafka' ? drawn : [];
  const ofReleases = chance.fork('releases').happens(UPGRADE_SHARE) ? [RELEASE_FAULT] : [];
  const faults = [...ofAll, ...ofBroker, ...ofReleases].sort();
  const days = Math.floor(chance.spread(3, 40));
  // Small ones more often: they find as much, and more of them fit into an hour.
  const draws = [1, 2, 3].map(() => chance.spread(200, 2000));
  const commands = Math.floor(Math.min(...draws));
  return {
    seed,
    firstDay: businessDay(chance.one(FIRST_DAYS)),
    days,
    merchants: Math.floor(chance.spread(3, 40)),
    commands,
    bursts: Math.max(days, Math.floor(commands / chance.whole(8, 60))),
    topology: chance.whole(0, TOPOLOGIES.length - 1),
    poolSize: faults.includes('F19') ? chance.whole(5, 7) : 10,
    bus,
    partitions: busChance.whole(1, 4),
    faults: hasFaults ? faults : [],
    silentDays: chance.happens(0.15) ? chance.whole(66, 80) : 0,
  };
}

export function processesOf({ topology }: Plan): readonly (readonly ServiceName[])[] {
  return TOPOLOGIES[topology]!;
}

export function collectionTimeOf(chance: Chance): string | null {
  return chance.one(COLLECTION_TIMES);
}

/** Milliseconds since 1970 at which Paris clocks show a time, some days after the first. */
export function wallOf({ firstDay }: Plan, day: number, time: string): number {
  return epochMillis(parisInstant(addDays(firstDay, day), time));
}

/** The day of the trade, the silent ones left out. */
export function calendarDay({ days, silentDays }: Plan, day: number): number {
  return day >= Math.ceil(days / 2) ? day + silentDays : day;
}
