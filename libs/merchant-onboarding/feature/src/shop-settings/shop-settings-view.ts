import {
  CATALOGUE,
  CHOSEN_OPTIONS,
  type DirectoryContract,
  type DirectoryNode,
  type ShopEmail,
  type ShopOption,
} from '@encaisse/merchant-onboarding/contract';
import type { ShopSettings } from '@encaisse/merchant-onboarding/domain';
import type { Environment } from '@encaisse/kernel';

/** The parameters page as the API shows it (SET-01): the first three parts are read-only. */
export function shopSettingsView(
  shop: DirectoryNode,
  environment: Environment,
  contracts: readonly DirectoryContract[],
  settings: ShopSettings,
  addresses: Readonly<Record<ShopEmail, string | null>>,
) {
  const { urls, isImmediateReturn, isTicketReceived } = settings;
  return {
    shopId: shop.nodeId,
    name: shop.name,
    environment,
    identifiers: {
      siteNumber: shop.siteNumber,
      rank: shop.rank,
      merchantIdentifier: shop.merchantIdentifier,
    },
    contracts: contracts.map(({ contractId, contractNumber, paymentMeans, isActive }) => ({
      contractId,
      contractNumber,
      paymentMeans,
      isActive,
    })),
    options: (Object.keys(CATALOGUE) as ShopOption[]).map((option) => ({
      option,
      ...CATALOGUE[option],
      isSubscribed: !CHOSEN_OPTIONS.includes(option) || settings.options.includes(option),
    })),
    emails: {
      payment: addresses.PAYMENT,
      report: addresses.REPORT,
      integrator: addresses.INTEGRATOR,
    },
    urls: {
      accepted: urls.ACCEPTED ?? null,
      refused: urls.REFUSED ?? null,
      cancelled: urls.CANCELLED ?? null,
      pending: urls.PENDING ?? null,
      return: urls.RETURN ?? null,
    },
    isImmediateReturn,
    isTicketReceived,
  };
}
