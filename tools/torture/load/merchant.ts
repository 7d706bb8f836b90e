import { uuidv7 } from 'uuidv7';
import { DemoFailure } from '../../demo/demo-failure';
import type { ProductClient } from './product-client';

/** Where the load pays. */
export type LoadMerchant = {
  readonly brandId: string;
  readonly shopIds: readonly string[];
  readonly contractIds: readonly string[];
};

/** A brand with a group and so many shops, each with one EUR contract; sent by hand, not by the clock. */
export async function openLoadMerchant(
  client: ProductClient,
  shopCount: number,
): Promise<LoadMerchant> {
  const [brandId, groupId] = [uuidv7(), uuidv7()];
  const post = async (path: string, body: object): Promise<void> => {
    const { status, text } = await client.request('merchant-onboarding', 'POST', path, body);
    if (status !== 201) throw new DemoFailure(`${path} answered ${status}: ${text}`);
  };
  await post('/api/v1/nodes', { id: brandId, level: 'BRAND', name: 'Laboratoire' });
  await post('/api/v1/nodes', { id: groupId, level: 'GROUP', name: 'Nord', parentId: brandId });
  const [shopIds, contractIds]: [string[], string[]] = [[], []];
  for (let shop = 0; shop < shopCount; shop += 1) {
    const [shopId, contractId] = [uuidv7(), uuidv7()];
    await post('/api/v1/nodes', {
      id: shopId,
      level: 'SHOP',
      name: `Boutique ${shop}`,
      parentId: groupId,
      siteNumber: String(1_999_000 + shop),
      rank: '001',
      merchantIdentifier: String(shop),
    });
    await post('/api/v1/contracts', {
      id: contractId,
      shopId,
      contractNumber: String(5_300_000 + shop),
      paymentMeans: 'VISA',
      currency: 'EUR',
      minimumMinor: 1,
      maximumMinor: 10_000_000,
      deferralDays: 0,
      label: 'LABORATOIRE',
    });
    shopIds.push(shopId);
    contractIds.push(contractId);
  }
  return { brandId, shopIds, contractIds };
}
