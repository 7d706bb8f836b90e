import { businessDay, instant } from '@encaisse/kernel';
import type { ContractRemittancesEvent, RemittanceOpening } from '@encaisse/remittance/contract';
import { specification } from '@encaisse/testing';
import { assignNumber, numberPrefixOf } from './assign-number';
import { contractRemittancesStream } from './contract-remittances';
import { settleNumber } from './settle-number';

const opening = (remittanceId: string, number: string): RemittanceOpening => ({
  remittanceId,
  number,
  environment: 'TEST',
  shopId: 's',
  contractId: 'c',
  contractNumber: '1234567',
  rank: '001',
  paymentMeans: 'CB',
  currency: 'EUR',
  acquirer: 'BNP',
  trigger: 'telecollection',
  cutOff: businessDay('2017-05-15'),
  sendingId: null,
  openedAt: instant('2017-05-15T21:00:00.000Z'),
});
const assigned = (remittanceId: string, sequence: number): ContractRemittancesEvent => ({
  type: 'RemittanceNumberAssigned',
  data: { ...opening(remittanceId, `1234567-${sequence}`), sequence },
});
const used = (remittanceId: string): ContractRemittancesEvent => ({
  type: 'RemittanceNumberUsed',
  data: { contractId: 'c', remittanceId },
});
const returned = (remittanceId: string): ContractRemittancesEvent => ({
  type: 'RemittanceNumberReturned',
  data: { contractId: 'c', remittanceId },
});
const assign = (remittanceId: string) => {
  const { number: _, ...facts } = opening(remittanceId, '');
  return { ...facts, numberPrefix: '1234567' };
};

describe('Number the remittances of a contract', () => {
  const { given } = specification(contractRemittancesStream, assignNumber);
  it('REM-02 counts from one, without gaps', () => {
    expect(given().when(assign('r1')).decision).toEqual({ accepted: [assigned('r1', 1)] });
    expect(given(assigned('r1', 1), used('r1')).when(assign('r2')).decision).toEqual({
      accepted: [assigned('r2', 2)],
    });
  });
  it('gives the number of an abandoned remittance to the next one', () => {
    const history = [assigned('r1', 1), returned('r1')];
    expect(given(...history).when(assign('r2')).decision).toEqual({
      accepted: [assigned('r2', 1)],
    });
  });
  it('lets one be made at a time, and does nothing more for the same one', () => {
    given(assigned('r1', 1)).when(assign('r1')).thenNothing();
    const refusal = { code: 'remittance-open', open: opening('r1', '1234567-1') } as const;
    given(assigned('r1', 1)).when(assign('r2')).thenRefused(refusal);
  });
});

describe('Settle a number', () => {
  const { given } = specification(contractRemittancesStream, settleNumber);
  const settle = (outcome: 'built' | 'abandoned') => ({
    contractId: 'c',
    remittanceId: 'r1',
    outcome,
  });
  it('uses it or returns it, once', () => {
    expect(given(assigned('r1', 1)).when(settle('built')).decision).toEqual({
      accepted: [used('r1')],
    });
    expect(given(assigned('r1', 1)).when(settle('abandoned')).decision).toEqual({
      accepted: [returned('r1')],
    });
    given(assigned('r1', 1), used('r1')).when(settle('built')).thenNothing();
  });
});

describe('The prefix of remittance numbers', () => {
  it('is the number of the contract, and its place among those that share it', () => {
    const contracts = [
      { contractId: 'a', contractNumber: '1' },
      { contractId: 'b', contractNumber: '2' },
      { contractId: 'c', contractNumber: '1' },
    ];
    expect(contracts.map((contract) => numberPrefixOf(contract, contracts))).toEqual([
      '1',
      '2',
      '1.2',
    ]);
  });
});
