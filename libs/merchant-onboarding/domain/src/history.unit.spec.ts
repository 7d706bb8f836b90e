import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  ContractEvent,
  HmacKeyEvent,
  NodeEvent,
  ShopSettingsEvent,
} from '@encaisse/merchant-onboarding/contract';
import { contractStream } from './contract/contract';
import { hmacKeyStream } from './hmac-key/hmac-key';
import { nodeStream } from './node/node';
import { shopSettingsStream } from './shop-settings/shop-settings';

const NODES = join(__dirname, 'node', 'history');
const CONTRACTS = join(__dirname, 'contract', 'history');
const KEYS = join(__dirname, 'hmac-key', 'history');
const SETTINGS = join(__dirname, 'shop-settings', 'history');

function stored(folder: string, type: string, version = 1): unknown {
  return JSON.parse(readFileSync(join(folder, `${type}.v${version}.json`), 'utf8'));
}

const contractAfter = (...types: readonly string[]) =>
  types
    .map((type) => {
      const version = (contractStream.schemaVersions as Readonly<Record<string, number>>)[type];
      return stored(CONTRACTS, type, version) as ContractEvent;
    })
    .reduce(contractStream.evolve, contractStream.initial);

describe('Every version of every event ever written', () => {
  it.each([
    [NODES, nodeStream.schemaVersions],
    [CONTRACTS, contractStream.schemaVersions],
    [SETTINGS, shopSettingsStream.schemaVersions],
    [KEYS, hmacKeyStream.schemaVersions],
  ])('keeps one example of each version in %s', (folder, versions) => {
    const expected = Object.entries(versions).flatMap(([type, current]) =>
      Array.from({ length: current }, (_, index) => `${type}.v${index + 1}.json`),
    );
    expect(readdirSync(folder).sort()).toEqual(expected.sort());
  });

  it('folds a node told with the example', () => {
    const node = nodeStream.evolve(nodeStream.initial, stored(NODES, 'NodeOpened') as NodeEvent);
    expect(node).toMatchObject({ status: 'open', level: 'SHOP', rank: '032' });
  });

  it('folds the settings of a shop told with the examples', () => {
    const settings = Object.keys(shopSettingsStream.schemaVersions)
      .map((type) => stored(SETTINGS, type) as ShopSettingsEvent)
      .reduce(shopSettingsStream.evolve, shopSettingsStream.initial);
    expect(settings).toMatchObject({
      emails: { PAYMENT: { personId: '0192d000-0000-7000-8000-000000000032' } },
      urls: { ACCEPTED: 'https://www.example.com/merci' },
      isImmediateReturn: true,
      isTicketReceived: false,
      options: ['FILE_RECONCILIATION'],
    });
  });

  it('folds the life of a key told with the examples', () => {
    const life = (...types: readonly string[]) =>
      types
        .map((type) => stored(KEYS, type) as HmacKeyEvent)
        .reduce(hmacKeyStream.evolve, hmacKeyStream.initial).keys[0];
    expect(life('HmacKeyCreated', 'HmacKeyDiscarded')?.status).toBe('DISCARDED');
    const used = ['HmacKeyCreated', 'HmacKeyActivated', 'HmacKeyFirstUsed', 'HmacKeyExpired'];
    expect(life(...used)).toMatchObject({ status: 'USED', isExpired: true });
    expect(life(...used, 'HmacKeySuperseded')?.status).toBe('SUPERSEDED');
    expect(() => life('HmacKeyActivated')).toThrow('created before anything else');
  });

  it('folds the lives of contracts told with the examples', () => {
    expect(contractAfter('ContractOpened', 'ContractChanged')).toMatchObject({
      status: 'active',
      terms: {
        label: 'LIBRAIRIE DES HALLES 2',
        maximumMinor: 1_500_000,
        contractNumber: '5201234',
      },
    });
    expect(contractAfter('ContractOpened', 'ContractDeactivated').status).toBe('inactive');
    const restored = contractAfter('ContractOpened', 'ContractDeactivated', 'ContractActivated');
    expect(restored.status).toBe('active');
    expect(() => contractAfter('ContractChanged')).toThrow('opened before anything else');
  });
});
