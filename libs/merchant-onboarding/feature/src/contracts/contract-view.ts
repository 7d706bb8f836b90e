import type {
  ContractTechnicalData,
  Directory,
  DirectoryContract,
} from '@encaisse/merchant-onboarding/contract';

/** What is told of a contract of which nothing technical was recorded. */
const NOTHING_RECORDED: ContractTechnicalData = {
  siret: null,
  protocol: null,
  offers: [],
  acceptanceEnvironment: null,
  isThreeDsActive: false,
  parametersDownloadedAt: null,
  telecollectionNumber: null,
  authorizationNumber: null,
  backupTelecollectionNumber: null,
  backupAuthorizationNumber: null,
  telecollectionProvider: null,
  isTestMode: false,
  testModeSince: null,
  fraudFilters: [],
};

/** A line of the list, with the columns of CONT-02. */
export function contractLine(contract: DirectoryContract, directory: Directory) {
  const { contractId, contractNumber, rank, paymentMeans, bankCode, isActive } = contract;
  const { shopId, currency, label } = contract;
  const shopName = directory.node(shopId)?.name ?? '';
  const shop = { shopId, shopName, brandName: directory.brandOf(shopId)?.name ?? '' };
  return {
    contractId,
    contractNumber,
    rank,
    paymentMeans,
    bankCode,
    isActive,
    ...shop,
    currency,
    label,
    detailPath: `/api/v1/contracts/${contractId}/detail`,
    activityPath: `/api/v1/contracts/${contractId}/activity`,
    remittancesPath: `/api/v1/remittances?nodeId=${shopId}&contractNumber=${contractNumber}`,
  };
}

/** The four parts of the detail (CONT-04 to CONT-07), and what of them a merchant may edit (CONT-08). */
export function contractDetail(
  contract: DirectoryContract,
  directory: Directory,
  recorded: ContractTechnicalData | null,
) {
  const { siret, protocol, offers, acceptanceEnvironment, isThreeDsActive, ...technical } =
    recorded ?? NOTHING_RECORDED;
  const { fraudFilters, ...telecollection } = technical;
  const { telecollectionTime, acquirer, environment: _environment, ...terms } = contract;
  const { shopName, brandName, activityPath } = contractLine(contract, directory);
  return {
    terms: { ...terms, shopName, brandName, siret, protocol },
    offers: { offers, acceptanceEnvironment, isThreeDsActive },
    telecollection: { ...telecollection, telecollectionTime, acquirer },
    fraudFilters,
    activityPath,
    editableFields: ['label', 'minimumMinor', 'maximumMinor', 'deferralDays'],
  };
}
