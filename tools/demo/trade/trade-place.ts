import { type BusinessDay, businessDay, parisInstant } from '@encaisse/kernel';
import { DemoFailure } from '../demo-failure';
import type { ProductApi } from '../product/product-api';
import { derivedUuidV7 } from './row-ids';
import { TELECOLLECTION_TIME } from './trade-plan';

/** Where a trade is replayed. */
export type TradePlace = {
  readonly brandId: string;
  /** In the order of the rules: shop = customer number modulo 4. */
  readonly shopIds: readonly string[];
  readonly contractIds: readonly string[];
  /** The day the file's last day was moved to when the trade was first replayed. */
  readonly lastDay: BusinessDay;
};

const SHOPS = [
  { name: 'Boutique 0 — Lyon', group: 0 },
  { name: 'Boutique 1 — Grenoble', group: 0 },
  { name: 'Boutique 2 — Nantes', group: 1 },
  { name: 'Boutique 3 — Rennes', group: 1 },
] as const;
export const SHOP_NAMES: readonly string[] = SHOPS.map(({ name }) => name);
const GROUPS = ['Disquaires du Sud-Est', 'Disquaires de l’Ouest'] as const;
const HISTORY_MONTHS = 24;
const LAST_DAY = /dernier jour (\d{4}-\d{2}-\d{2})/;
/** Ids of places carry the time of the file's first day: any fixed one would do. */
const idOf = (name: string) => derivedUuidV7(Date.UTC(1997, 0, 1), `trade|${name}`);

const IDS = {
  brandId: idOf('brand'),
  groupIds: GROUPS.map((_, index) => idOf(`group ${index}`)),
  shopIds: SHOPS.map((_, index) => idOf(`shop ${index}`)),
  contractIds: SHOPS.map((_, index) => idOf(`contract ${index}`)),
};

/** The place of an earlier replay, whose last day is kept in the name of the brand; null before. */
export async function findTradePlace(api: ProductApi): Promise<TradePlace | null> {
  const brand = (await api.find(`/api/v1/nodes/${IDS.brandId}`)) as { name: string } | null;
  if (brand === null) return null;
  const lastDay = LAST_DAY.exec(brand.name)?.[1];
  if (lastDay === undefined)
    throw new DemoFailure(`l’enseigne « ${brand.name} » ne dit pas son dernier jour`);
  return placeOf(businessDay(lastDay));
}

/** The place of a trade whose last day is decided now. */
export function placeOf(lastDay: BusinessDay): TradePlace {
  const { brandId, shopIds, contractIds } = IDS;
  return { brandId, shopIds, contractIds, lastDay };
}

/** Whether nothing of the place is missing. */
export async function isOpen(api: ProductApi): Promise<boolean> {
  const contracts = (await api.find(`/api/v1/nodes/${IDS.brandId}/contracts`)) as {
    items: { contractId: string }[];
  } | null;
  return IDS.contractIds.every((id) =>
    contracts?.items.some(({ contractId }) => contractId === id),
  );
}

/** Opens brand, groups, shops and contracts, on the morning of the first day. Again changes nothing. */
export async function openTradePlace(
  api: ProductApi,
  { brandId, shopIds, contractIds, lastDay }: TradePlace,
  firstDay: BusinessDay,
): Promise<void> {
  await api.setClock(parisInstant(firstDay, '08:00:00'));
  const open = (node: object) => api.command('/api/v1/nodes', node);
  const name = `Commerce CDNOW (dernier jour ${lastDay})`;
  await open({ id: brandId, level: 'BRAND', name, historyMonths: HISTORY_MONTHS });
  for (const [index, groupName] of GROUPS.entries())
    await open({ id: IDS.groupIds[index], level: 'GROUP', name: groupName, parentId: brandId });
  for (const [index, shop] of SHOPS.entries()) {
    await open({
      id: shopIds[index],
      level: 'SHOP',
      name: shop.name,
      parentId: IDS.groupIds[shop.group],
      siteNumber: `19970${index}0`,
      rank: '001',
      merchantIdentifier: String(index),
    });
    await api.command('/api/v1/contracts', {
      id: contractIds[index],
      shopId: shopIds[index],
      contractNumber: `199700${index}`,
      paymentMeans: 'VISA',
      currency: 'USD',
      minimumMinor: 1,
      maximumMinor: 1_000_000,
      deferralDays: 0,
      telecollectionTime: TELECOLLECTION_TIME,
      label: shop.name.toUpperCase(),
    });
  }
  // A read that waits for these writes: every service knows the contracts before the first payment.
  await isOpen(api);
}
