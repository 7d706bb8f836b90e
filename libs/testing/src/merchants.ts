import { uuidv7 } from 'uuidv7';
import type { Answer, Product } from './product';

/** A brand with one group, one shop and one contract, opened through the public API. */
export type Merchant = {
  readonly brandId: string;
  readonly groupId: string;
  readonly shopId: string;
  readonly contractId: string;
  readonly contractNumber: string;
};

export type MerchantOptions = {
  readonly currency?: string;
  readonly paymentMeans?: string;
  readonly minimumMinor?: number;
  readonly maximumMinor?: number;
  readonly deferralDays?: number;
  readonly telecollectionTime?: string;
  readonly historyMonths?: number;
};

/** A card that passes every check of its number. */
export const CARD = {
  number: '4000000000000010',
  expiry: '4912',
  verificationCode: '123',
} as const;

async function opened(answer: Promise<Answer>): Promise<void> {
  const { status, text } = await answer;
  if (status !== 201) throw new Error(`the merchant was not opened: ${text}`);
}

let contracts = 0;

export async function openMerchant(
  product: Product,
  options: MerchantOptions = {},
): Promise<Merchant> {
  const brandId = uuidv7();
  const groupId = uuidv7();
  const { historyMonths } = options;
  await opened(
    product.post('/api/v1/nodes', {
      id: brandId,
      level: 'BRAND',
      name: 'Librairie des Halles',
      ...(historyMonths === undefined ? {} : { historyMonths }),
    }),
  );
  await opened(
    product.post('/api/v1/nodes', { id: groupId, level: 'GROUP', name: 'Nord', parentId: brandId }),
  );
  const shop = await openShop(product, groupId, options);
  return { brandId, groupId, ...shop };
}

/** One more shop of a group, with one contract. */
export async function openShop(product: Product, groupId: string, options: MerchantOptions = {}) {
  const shopId = uuidv7();
  await opened(
    product.post('/api/v1/nodes', {
      id: shopId,
      level: 'SHOP',
      name: 'Lille',
      parentId: groupId,
      siteNumber: '1999888',
      rank: '032',
      merchantIdentifier: '2',
    }),
  );
  const contract = await openContract(product, shopId, options);
  return { shopId, ...contract };
}

export async function openContract(
  product: Product,
  shopId: string,
  options: MerchantOptions = {},
) {
  const contractId = uuidv7();
  contracts += 1;
  const contractNumber = String(5_200_000 + contracts);
  const { currency = 'EUR', paymentMeans = 'VISA', minimumMinor = 1 } = options;
  await opened(
    product.post('/api/v1/contracts', {
      id: contractId,
      shopId,
      contractNumber,
      paymentMeans,
      currency,
      minimumMinor,
      maximumMinor: options.maximumMinor ?? 10_000_000,
      deferralDays: options.deferralDays ?? 0,
      ...(options.telecollectionTime === undefined
        ? {}
        : { telecollectionTime: options.telecollectionTime }),
      label: 'LIBRAIRIE DES HALLES',
    }),
  );
  return { contractId, contractNumber };
}

/** The body of a payment at a merchant's contract. */
export function payment(merchant: Merchant, minor: number, more: object = {}) {
  return {
    id: uuidv7(),
    contractId: merchant.contractId,
    orderReference: 'CMD-1',
    amount: { minor, currency: 'EUR' },
    card: CARD,
    ...more,
  };
}

/** Takes a payment and gives its summary. */
export async function pay(product: Product, merchant: Merchant, minor: number, more: object = {}) {
  const answer = await product.post('/api/v1/payments', payment(merchant, minor, more));
  if (answer.status !== 201) throw new Error(`the payment was not taken: ${answer.text}`);
  return answer.body as { transactionId: string; status: string; acquirerStatus: string };
}
