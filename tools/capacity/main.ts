import { Command, InvalidArgumentError } from 'commander';
import { MEASURED } from './measured';
import { type Load, type Plan, planFor } from './model';

type Options = {
  readonly payments: number;
  readonly peak: number;
  readonly years: number;
  readonly months: number;
  readonly cores: number;
  readonly utilisation: number;
  readonly json?: true;
};

function between(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`a number from ${least} to ${most} is needed`);
    return value;
  };
}

const program = new Command('capacity')
  .description('Computes the machines for a number of payments per second and years of history.')
  .requiredOption(
    '--payments <per second>',
    'payments in the busiest second',
    between(0.01, 1_000_000),
  )
  .option('--peak <times>', 'busiest second over the mean of the year', between(1, 1000), 8)
  .option('--years <years>', 'years of history kept in the log', between(1, 100), 10)
  .option('--months <months>', 'months the journal can search', between(1, 120), 13)
  .option('--cores <count>', 'cores of one machine', between(1, 512), 8)
  .option('--utilisation <share>', 'share of a core planned with', between(0.05, 1), 0.6)
  .option('--json', 'print the plan as JSON');

const figure = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);

function render(load: Load, plan: Plan): string {
  const part = (name: string, { cores, copies }: Plan['authorization']) =>
    `  ${name.padEnd(28)} ${figure(cores)} cores, ${copies} processes`;
  const limit =
    plan.logs === 1
      ? `one log carries it, at ${figure(plan.logShare * 100)} % of what it takes`
      : `one log would be asked for ${figure(plan.logShare * 100)} % of what it takes: ${plan.logs} logs, cut by brand`;
  return [
    `${figure(load.peakPaymentsPerSecond)} payments/s at the peak, ${load.yearsOfHistory} years, machines of ${load.coresPerMachine} cores`,
    part('authorization', plan.authorization),
    part('backoffice (read models)', plan.backoffice),
    part('relay and consumers', plan.messaging),
    `  ${'PostgreSQL'.padEnd(28)} ${plan.databaseCores} cores, each log with a standby`,
    `  ${'machines'.padEnd(28)} ${plan.machines}`,
    `  ${'transactions a year'.padEnd(28)} ${figure(plan.transactionsPerYear)}`,
    `  ${'log on disk'.padEnd(28)} ${figure(plan.logGigabytes)} GB`,
    `  ${'journal on disk'.padEnd(28)} ${figure(plan.journalGigabytes)} GB`,
    `  ${'rebuild of the whole history'.padEnd(28)} ${figure(plan.rebuildHours)} hours`,
    `  ${'first limit'.padEnd(28)} ${limit}`,
  ].join('\n');
}

const options = program.parse().opts<Options>();
const load: Load = {
  peakPaymentsPerSecond: options.payments,
  peakOverMean: options.peak,
  yearsOfHistory: options.years,
  searchableMonths: options.months,
  coresPerMachine: options.cores,
  utilisation: options.utilisation,
};
const plan = planFor(load, MEASURED);
process.stdout.write(
  `${options.json === true ? JSON.stringify({ load, plan }, null, 2) : render(load, plan)}\n`,
);
