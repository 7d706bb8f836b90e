import { type BusinessDay, businessDay, parisInstant } from '@encaisse/kernel';
import { DemoFailure } from '../demo-failure';
import type { ProductApi } from '../product/product-api';
import { derivedUuidV7 } from '../trade/row-ids';

const idOf = (name: string) => derivedUuidV7(Date.UTC(2026, 0, 1), `month|${name}`);

export type MonthContract = {
  readonly contractId: string;
  readonly shop: number;
  readonly number: string;
  readonly means: 'CB' | 'VISA' | 'MASTERCARD' | 'AMEX';
  readonly deferralDays: number;
  readonly telecollectionTime: string;
};

const GROUPS = ['Nord', 'Sud'] as const;
const SHOPS = [
  { name: 'Lille', group: 0 },
  { name: 'Reims', group: 0 },
  { name: 'Toulouse', group: 1 },
  { name: 'Marseille', group: 1 },
] as const;

const contract = (
  shop: number,
  number: string,
  means: MonthContract['means'],
  deferralDays = 0,
  telecollectionTime = '23:00',
): MonthContract => ({
  contractId: idOf(`contract ${number}`),
  shop,
  number,
  means,
  deferralDays,
  telecollectionTime,
});

export const BRAND_ID = idOf('brand');
export const SHOP_IDS = SHOPS.map((_, index) => idOf(`shop ${index}`));
export const MONTH_SHOP_NAMES: readonly string[] = SHOPS.map(({ name }) => name);
export const CONTRACTS: readonly MonthContract[] = [
  contract(0, '5201001', 'CB'),
  contract(0, '5201002', 'VISA'),
  contract(0, '5201003', 'AMEX'),
  contract(1, '5202001', 'CB'),
  contract(1, '5202002', 'MASTERCARD'),
  contract(2, '5203001', 'CB', 2),
  contract(2, '5203002', 'VISA'),
  contract(3, '5204001', 'CB', 0, '21:00'),
  contract(3, '5204002', 'VISA', 0, '21:00'),
];

const LAST_DAY = /mois au (\d{4}-\d{2}-\d{2})/;

/** The last day of the month loaded before, kept in the name of the brand; null before. */
export async function findMonth(api: ProductApi): Promise<BusinessDay | null> {
  const brand = (await api.find(`/api/v1/nodes/${BRAND_ID}`)) as { name: string } | null;
  if (brand === null) return null;
  const lastDay = LAST_DAY.exec(brand.name)?.[1];
  if (lastDay === undefined)
    throw new DemoFailure(`l’enseigne « ${brand.name} » ne dit pas son dernier jour`);
  return businessDay(lastDay);
}

/** Whether nothing of the brand is missing. */
export async function isMonthOpen(api: ProductApi): Promise<boolean> {
  const found = (await api.find(`/api/v1/nodes/${BRAND_ID}/contracts`)) as {
    items: { contractId: string }[];
  } | null;
  return CONTRACTS.every((one) =>
    found?.items.some(({ contractId }) => contractId === one.contractId),
  );
}

/** Opens the brand and all below it on the morning of the first day. Again changes nothing. */
export async function openMonth(
  api: ProductApi,
  firstDay: BusinessDay,
  lastDay: BusinessDay,
): Promise<void> {
  await api.setClock(parisInstant(firstDay, '07:00:00'));
  const open = (node: object) => api.command('/api/v1/nodes', node);
  await open({ id: BRAND_ID, level: 'BRAND', name: `Maison Tilleul (mois au ${lastDay})` });
  for (const [index, name] of GROUPS.entries())
    await open({ id: idOf(`group ${index}`), level: 'GROUP', name, parentId: BRAND_ID });
  for (const [index, { name, group }] of SHOPS.entries())
    await open({
      id: SHOP_IDS[index],
      level: 'SHOP',
      name: `Maison Tilleul ${name}`,
      parentId: idOf(`group ${group}`),
      siteNumber: `52010${index}0`,
      rank: '001',
      merchantIdentifier: String(index + 1),
    });
  for (const one of CONTRACTS)
    await api.command('/api/v1/contracts', {
      id: one.contractId,
      shopId: SHOP_IDS[one.shop],
      contractNumber: one.number,
      paymentMeans: one.means,
      currency: 'EUR',
      minimumMinor: 100,
      maximumMinor: 500_000,
      deferralDays: one.deferralDays,
      telecollectionTime: one.telecollectionTime,
      label: `MAISON TILLEUL ${(MONTH_SHOP_NAMES[one.shop] ?? '').toUpperCase()}`,
    });
  await isMonthOpen(api);
}
