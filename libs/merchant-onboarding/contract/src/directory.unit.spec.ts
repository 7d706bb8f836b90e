import { Directory } from './directory';
import type { ContractOpened } from './contract-events';
import type { NodeLevel } from './node-events';

const AT = '2026-11-22T08:30:00.000Z' as never;

function node(nodeId: string, level: NodeLevel, parentId: string | null) {
  const nothing = { historyMonths: null, siteNumber: null, rank: null, merchantIdentifier: null };
  const data = { nodeId, level, parentId, name: nodeId, openedAt: AT, ...nothing };
  return { type: 'NodeOpened', data } as const;
}

function contract(contractId: string, shopId: string): ContractOpened {
  const limits = { minimumMinor: 1, maximumMinor: 100, ceilingMinor: 100, deferralDays: 0 };
  const names = { bankCode: '', acquirer: 'acquirer', label: 'L', telecollectionTime: null };
  const kind = {
    contractNumber: '52',
    rank: '032',
    paymentMeans: 'VISA',
    currency: 'EUR',
  } as const;
  const place = { contractId, shopId, environment: 'TEST' } as const;
  return { type: 'ContractOpened', data: { ...place, ...kind, ...limits, ...names, openedAt: AT } };
}

function directory(): Directory {
  const made = new Directory();
  made.apply(node('brand', 'BRAND', null));
  made.apply(node('north', 'GROUP', 'brand'));
  made.apply(node('south', 'GROUP', 'brand'));
  made.apply(node('lille', 'SHOP', 'north'));
  made.apply(node('nice', 'SHOP', 'south'));
  made.apply(contract('c1', 'lille'));
  return made;
}

describe('The directory of places and contracts', () => {
  it('TREE-02 knows the shops at or below every node', () => {
    const made = directory();
    expect(made.shopsAtOrBelow('root')).toEqual(['lille', 'nice']);
    expect(made.shopsAtOrBelow('north')).toEqual(['lille']);
    expect(made.shopsAtOrBelow('nice')).toEqual(['nice']);
    expect(made.shopsAtOrBelow('nowhere')).toEqual([]);
    made.apply(node('cannes', 'SHOP', 'south'));
    expect(made.shopsAtOrBelow('south')).toEqual(['nice', 'cannes']);
  });

  it('TREE-03 tells what lies below a node from what lies beside and above it', () => {
    const made = directory();
    expect(made.isAtOrBelow('lille', 'brand')).toBe(true);
    expect(made.isAtOrBelow('lille', 'lille')).toBe(true);
    expect(made.isAtOrBelow('lille', 'south')).toBe(false);
    expect(made.isAtOrBelow('brand', 'lille')).toBe(false);
    expect(made.isAtOrBelow('nowhere', 'root')).toBe(false);
    expect(made.isAtOrBelow('nowhere', 'nowhere')).toBe(false);
  });

  it('TREE-01 knows what stands above a node', () => {
    const made = directory();
    expect(made.atOrAbove('lille')).toEqual(['lille', 'north', 'brand']);
    expect(made.atOrAbove('brand')).toEqual(['brand']);
    expect(made.atOrAbove('nowhere')).toEqual([]);
  });

  it('TREE-02 follows a shop to another group, and its name', () => {
    const made = directory();
    const moved = { nodeId: 'lille', commandId: 'c', formerParentId: 'north', parentId: 'south' };
    expect(made.shopsAtOrBelow('north')).toEqual(['lille']);
    made.apply({ type: 'ShopMoved', data: { ...moved, movedAt: AT } });
    const renamed = { nodeId: 'lille', commandId: 'd', name: 'Lille Sud', renamedAt: AT };
    made.apply({ type: 'NodeRenamed', data: renamed });
    const read = Directory.fromJson(JSON.parse(JSON.stringify(made.toJson())));
    for (const one of [made, read]) {
      expect(one.shopsAtOrBelow('north')).toEqual([]);
      expect(one.shopsAtOrBelow('south')).toEqual(['nice', 'lille']);
      expect(one.isAtOrBelow('lille', 'north')).toBe(false);
      expect(one.node('lille')).toMatchObject({ name: 'Lille Sud', parentId: 'south' });
      expect(one.contractsOfShop('lille', 'TEST')).toHaveLength(1);
    }
  });

  it('keeps the contracts of one environment apart from the other’s', () => {
    const made = directory();
    expect(made.contractsOfShop('lille', 'TEST')).toHaveLength(1);
    expect(made.contractsOfShop('lille', 'PRODUCTION')).toEqual([]);
  });

  it('is the same after it was written down and read again', () => {
    const made = directory();
    const stopped = { contractId: 'c1', commandId: null, deactivatedAt: AT };
    made.apply({ type: 'ContractDeactivated', data: stopped });
    const read = Directory.fromJson(JSON.parse(JSON.stringify(made.toJson())));
    expect(read.toJson()).toEqual(made.toJson());
    expect(read.contract('c1')?.isActive).toBe(false);
    expect(read.brandOf('lille')?.nodeId).toBe('brand');
  });
});
