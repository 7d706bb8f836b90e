import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContractRemittancesEvent, RemittanceEvent } from '@encaisse/remittance/contract';
import { contractRemittancesStream } from './contract-remittances/contract-remittances';
import { remittanceStream, statusOf } from './remittance/remittance';

const REMITTANCES = join(__dirname, 'remittance', 'history');
const NUMBERS = join(__dirname, 'contract-remittances', 'history');

function stored(folder: string, type: string): unknown {
  const { schemaVersion: _, ...event } = JSON.parse(
    readFileSync(join(folder, `${type}.v1.json`), 'utf8'),
  ) as { schemaVersion: number };
  return event;
}

function status(...types: readonly RemittanceEvent['type'][]) {
  const events = types.map((type) => stored(REMITTANCES, type) as RemittanceEvent);
  return statusOf(events.reduce(remittanceStream.evolve, remittanceStream.initial));
}

function numbers(...types: readonly ContractRemittancesEvent['type'][]) {
  const events = types.map((type) => stored(NUMBERS, type) as ContractRemittancesEvent);
  return events.reduce(contractRemittancesStream.evolve, contractRemittancesStream.initial);
}

describe('Every version of every event ever written', () => {
  it.each([
    [REMITTANCES, remittanceStream.schemaVersions],
    [NUMBERS, contractRemittancesStream.schemaVersions],
  ])('keeps one example of each version in %s', (folder, versions) => {
    const expected = Object.entries(versions).flatMap(([type, current]) =>
      Array.from({ length: current }, (_, index) => `${type}.v${index + 1}.json`),
    );
    expect(readdirSync(folder).sort()).toEqual(expected.sort());
  });

  it('folds lives of remittances told with the examples', () => {
    expect(status('RemittanceOpened', 'RemittanceAbandoned')).toBeNull();
    const sent = ['RemittanceOpened', 'RemittanceBuilt', 'RemittanceSent'] as const;
    expect(status(...sent, 'RemittanceAccepted')).toBe('ACCEPTED');
    const again = [...sent, 'RemittanceRejected', 'RemittanceResendRequested'] as const;
    expect(status(...again)).toBe('TO_SEND');
  });

  it('folds the numbers told with the examples', () => {
    const used = numbers('RemittanceNumberAssigned', 'RemittanceNumberUsed');
    expect(used).toEqual({ usedSequence: 1, openedCount: 1, open: null });
    const returned = numbers('RemittanceNumberAssigned', 'RemittanceNumberReturned');
    expect(returned).toEqual({ usedSequence: 0, openedCount: 1, open: null });
  });
});
