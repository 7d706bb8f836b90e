import type { Figures, TradeFigures } from '../figures';
import type { ProductApi } from '../product/product-api';

/** The states a transaction can be in (state model §2). */
const STATES = [
  'DEBIT ACCEPTED SENT',
  'DEBIT ACCEPTED TO_SEND',
  'DEBIT ACCEPTED AWAITING_CAPTURE',
  'DEBIT ACCEPTED SET_ASIDE',
  'DEBIT REFUSED NOT_APPLICABLE',
  'DEBIT PENDING AWAITING_CONFIRMATION',
  'DEBIT ABANDONED NOT_APPLICABLE',
  'REFUND ACCEPTED SENT',
  'REFUND ACCEPTED TO_SEND',
  'REFUND ACCEPTED SET_ASIDE',
  'REFUND REFUSED NOT_APPLICABLE',
  'REFUND PENDING AWAITING_CONFIRMATION',
  'CANCELLATION ACCEPTED SENT',
  'CANCELLATION ACCEPTED TO_SEND',
  'CANCELLATION REFUSED NOT_APPLICABLE',
] as const;

/** Paris days, both included. */
export type DayPeriod = { readonly from: string; readonly to: string };
type Amount = { readonly minor: number };

/** The figures of a node and of its shops in one currency, from statistics, search and remittances. */
export async function figuresOfApi(
  api: ProductApi,
  nodeId: string,
  shopIds: readonly string[],
  period: DayPeriod,
  currency: string,
): Promise<TradeFigures> {
  const shops: Figures[] = [];
  for (const shopId of shopIds) shops.push(await figuresOf(api, shopId, period, currency));
  return { shops, all: await figuresOf(api, nodeId, period, currency) };
}

async function figuresOf(
  api: ProductApi,
  nodeId: string,
  { from, to }: DayPeriod,
  currency: string,
): Promise<Figures> {
  const query = `nodeId=${nodeId}&from=${from}&to=${to}&currency=${currency}`;
  const states = await Promise.all(STATES.map((state) => countOf(api, query, state)));
  const dashboard = (await api.get(`/api/v1/statistics/dashboard?${query}`)) as {
    currencies: {
      currency: string;
      all: { count: number; amount: Amount; maximum: Amount | null; averageBasket: Amount | null };
    }[];
  };
  const all = dashboard.currencies.find((one) => one.currency === currency)?.all;
  return {
    states: Object.fromEntries(states.filter(([, count]) => count > 0)),
    count: all?.count ?? 0,
    turnoverMinor: all?.amount.minor ?? 0,
    maximumMinor: all?.maximum?.minor ?? null,
    averageMinor: all?.averageBasket?.minor ?? null,
    remittances: await remittancesOf(api, query),
  };
}

async function countOf(
  api: ProductApi,
  query: string,
  state: (typeof STATES)[number],
): Promise<readonly [string, number]> {
  const [type, status, acquirerStatus] = state.split(' ') as [string, string, string];
  const filters = `type=${type}&status=${status}&acquirerStatus=${acquirerStatus}`;
  const { count } = (await api.get(`/api/v1/transactions/totals?${query}&${filters}`)) as {
    count: number;
  };
  return [state, count];
}

type ListedRemittance = {
  readonly debitCount: number;
  readonly debitAmount: Amount;
  readonly creditCount: number;
  readonly creditAmount: Amount;
  readonly totalAmount: Amount;
};

/** Adds up the list of remittances, page by page. */
async function remittancesOf(api: ProductApi, query: string): Promise<Figures['remittances']> {
  const sum = { count: 0, debitCount: 0, debitMinor: 0, creditCount: 0, creditMinor: 0, total: 0 };
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = (await api.get(`/api/v1/remittances?${query}&limit=500${after}`)) as {
      items: ListedRemittance[];
      nextCursor: string | null;
    };
    for (const one of page.items) {
      sum.count += 1;
      sum.debitCount += one.debitCount;
      sum.debitMinor += one.debitAmount.minor;
      sum.creditCount += one.creditCount;
      sum.creditMinor += one.creditAmount.minor;
      sum.total += one.totalAmount.minor;
    }
    cursor = page.nextCursor;
  }
  return {
    count: sum.count,
    debits: { count: sum.debitCount, minor: sum.debitMinor },
    credits: { count: sum.creditCount, minor: sum.creditMinor },
    totalMinor: sum.total,
  };
}
