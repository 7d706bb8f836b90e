import type { MeasuredCosts } from './measured';

/** What an installation is to carry. */
export type Load = {
  /** Payments in the busiest second. */
  readonly peakPaymentsPerSecond: number;
  /** How many times the busiest second is above the mean of the year. */
  readonly peakOverMean: number;
  readonly yearsOfHistory: number;
  /** Months the journal can search; older partitions are detached. */
  readonly searchableMonths: number;
  readonly coresPerMachine: number;
  /** Share of a core that is planned with at the peak; the rest is for neighbours, failures and growth. */
  readonly utilisation: number;
};

export type Part = { readonly cores: number; readonly copies: number };

/** What is needed for it. */
export type Plan = {
  readonly authorization: Part;
  readonly backoffice: Part;
  readonly messaging: Part;
  /** Cores of the database's machine; with a standby beside it. */
  readonly databaseCores: number;
  readonly machines: number;
  readonly transactionsPerYear: number;
  readonly eventsPerYear: number;
  readonly logGigabytes: number;
  readonly journalGigabytes: number;
  readonly rebuildHours: number;
  /** Share of what one log takes that the peak asks for; above 1 the history must be cut. */
  readonly logShare: number;
  /** Logs, each with its database, that the peak asks for. */
  readonly logs: number;
};

const SECONDS_PER_YEAR = 365.25 * 86_400;
const GIGABYTE = 1e9;
/** One may fail or be replaced at any time. */
const FEWEST_COPIES = 2;
/** A Node process uses little more than one core. */
const CORES_PER_PROCESS = 1;

/** Plain arithmetic: what is proportional to payments, to years, and where one log ends. */
export function planFor(load: Load, costs: MeasuredCosts): Plan {
  const peak = load.peakPaymentsPerSecond;
  const cores = (millis: number) => (peak * millis) / 1000 / load.utilisation;
  const transactionsPerYear = (peak / load.peakOverMean) * SECONDS_PER_YEAR;
  const eventsPerYear = transactionsPerYear * costs.eventsPerTransaction;
  const events = eventsPerYear * load.yearsOfHistory;
  const searchable = (transactionsPerYear * load.searchableMonths) / 12;
  const logShare = (peak * costs.eventsPerTransaction) / costs.logEventsPerSecond;
  const logs = Math.max(1, Math.ceil(logShare / load.utilisation));
  const authorization = part(cores(costs.authorizationMillis));
  const backoffice = part(cores(costs.projectionMillis));
  const messaging = part(cores(costs.messagingMillis));
  const databaseCores = Math.max(1, Math.ceil(cores(costs.databaseMillis)));
  const serviceCores = authorization.cores + backoffice.cores + messaging.cores;
  const perService = Math.ceil(serviceCores / load.coresPerMachine);
  const perDatabase = Math.ceil(databaseCores / logs / load.coresPerMachine) * logs * 2;
  return {
    authorization,
    backoffice,
    messaging,
    databaseCores,
    machines: Math.max(FEWEST_COPIES, perService) + perDatabase,
    transactionsPerYear,
    eventsPerYear,
    logGigabytes: (events * costs.bytesPerEvent) / GIGABYTE,
    journalGigabytes: (searchable * costs.bytesPerJournalRow) / GIGABYTE,
    rebuildHours: events / costs.rebuildEventsPerSecond / 3600,
    logShare,
    logs,
  };
}

function part(cores: number): Part {
  return { cores, copies: Math.max(FEWEST_COPIES, Math.ceil(cores / CORES_PER_PROCESS)) };
}
