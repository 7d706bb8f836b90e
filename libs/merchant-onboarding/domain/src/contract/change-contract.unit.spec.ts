import { fold } from '@encaisse/kernel';
import type { ContractEvent } from '@encaisse/merchant-onboarding/contract';
import { changeContract, recordTechnicalData, setContractActive } from './change-contract';
import { contractStream } from './contract';
import opened from './history/ContractOpened.v1.json';
import recorded from './history/ContractTechnicalDataRecorded.v1.json';

const AT = '2026-11-28T09:00:00.000Z' as never;
const OPENED = opened as unknown as ContractEvent;
const nothing = { label: null, minimumMinor: null, maximumMinor: null, deferralDays: null };
const after = (...events: readonly ContractEvent[]) => fold(contractStream, [OPENED, ...events]);
const eventsOf = (decision: object) =>
  (decision as { accepted: readonly ContractEvent[] }).accepted;
const stop = { commandId: 'stop', isActive: false, at: AT };
const restore = { commandId: 'restore', isActive: true, at: AT };

describe('Change a contract', () => {
  it('CONT-08 keeps what is left out, and the limits of the bank', () => {
    const command = { commandId: 'c1', asked: { ...nothing, maximumMinor: 2_000_000 }, at: AT };
    expect(eventsOf(changeContract(command, after()))).toMatchObject([
      { data: { label: 'LIBRAIRIE DES HALLES', maximumMinor: 2_000_000, commandId: 'c1' } },
    ]);
    const above = { ...command, asked: { ...nothing, maximumMinor: 2_000_001 } };
    expect(changeContract(above, after())).toEqual({
      refused: { code: 'maximum-above-ceiling', ceilingMinor: 2_000_000 },
    });
  });

  it('GEN-11 knows a change by its id, and refuses other content under it', () => {
    const command = { commandId: 'c1', asked: { ...nothing, label: 'A' }, at: AT };
    const first = eventsOf(changeContract(command, after()));
    const second = { commandId: 'c2', asked: { ...nothing, label: 'B' }, at: AT };
    const both = [...first, ...eventsOf(changeContract(second, after(...first)))];
    expect(changeContract(command, after(...both))).toEqual({ accepted: [] });
    const other = { ...command, asked: { ...nothing, label: 'C' } };
    expect(changeContract(other, after(...both))).toEqual({ refused: { code: 'id-reused' } });
    expect(setContractActive({ ...stop, commandId: 'c1' }, after(...both))).toEqual({
      refused: { code: 'id-reused' },
    });
  });
});

describe('Stop and restore a contract', () => {
  it('GEN-11 lets a late repeat undo nothing that came after it', () => {
    const stopped = eventsOf(setContractActive(stop, after()));
    const both = [...stopped, ...eventsOf(setContractActive(restore, after(...stopped)))];
    expect(both.map(({ type }) => type)).toEqual(['ContractDeactivated', 'ContractActivated']);
    expect(setContractActive(stop, after(...both))).toEqual({ accepted: [] });
    expect(after(...both).status).toBe('active');
  });
});

describe('Record the technical data of a contract', () => {
  it('CONT-05 CONT-06 CONT-07 keeps them whole', () => {
    const { technicalData, recordedAt, commandId } = recorded.data;
    const command = { commandId, technicalData: technicalData as never, at: recordedAt as never };
    const events = eventsOf(recordTechnicalData(command, after()));
    expect(events).toEqual([{ type: recorded.type, data: recorded.data }]);
    expect(after(...events)).toMatchObject({ technicalData });
    expect(recordTechnicalData(command, after(...events))).toEqual({ accepted: [] });
  });
});
