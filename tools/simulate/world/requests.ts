import type { BusinessDay, Currency, Environment } from '@encaisse/kernel';
import { massOperationStream, requestMassOperation } from '@encaisse/backoffice/domain';
import { Clock } from '@encaisse/platform/clock';
import { Streams } from '@encaisse/platform/event-store';
import type { Reply, Request } from './client';
import { callerAt, type Product } from './product';

/** A shop with its one contract, as the trade needs it. */
export type Merchant = {
  readonly name: string;
  readonly brandId: string;
  readonly groupId: string;
  readonly shopId: string;
  readonly contractId: string;
  readonly contractNumber: string;
  readonly environment: Environment;
  readonly currency: Currency;
  readonly paymentMeans: string;
  readonly telecollectionTime: string | null;
  readonly deferralDays: number;
};

export type AmountText = { readonly minor: number; readonly currency: Currency };

type Controller = Readonly<Record<string, (...parameters: unknown[]) => Promise<unknown>>>;

/** Calls a method of a controller as the product's HTTP layer would. */
export function call(product: Product, name: string, method: string, parameters: unknown[]) {
  return (product.container.named(name) as Controller)[method]!(...parameters);
}

export function metadataOf(merchant: Merchant, id: string) {
  return {
    actor: { kind: 'person' as const, login: merchant.name },
    correlationId: id,
    causationId: null,
  };
}

export function callerOf(merchant: Merchant) {
  return callerAt(merchant.shopId, merchant.environment, merchant.name);
}

export type PaymentContent = {
  readonly orderReference: string;
  readonly amount: AmountText;
  readonly card: {
    readonly number: string;
    readonly expiry: string;
    readonly verificationCode: string;
  };
  readonly authorizationOnly: boolean;
  readonly deferralDays?: number;
  readonly cardholder?: { readonly email: string };
};

/** A payment, taken by a copy that has seen a position of the log. */
export function takePayment(
  merchant: Merchant,
  id: string,
  content: PaymentContent,
  seenPosition = 0,
): Request {
  const body = { id, contractId: merchant.contractId, ...content };
  return {
    id,
    service: 'authorization',
    name: 'pay',
    send: async (product, reply) => {
      await product.hasSeen(seenPosition);
      return call(product, 'TakePaymentController', 'take', [
        body,
        undefined,
        callerOf(merchant),
        metadataOf(merchant, id),
        reply,
      ]);
    },
  };
}

export function duplicatePayment(
  merchant: Merchant,
  id: string,
  originalId: string,
  content: { readonly orderReference: string; readonly amount: AmountText },
): Request {
  return {
    id,
    service: 'authorization',
    name: 'duplicate',
    send: (product, reply) =>
      call(product, 'DuplicateController', 'duplicate', [
        originalId,
        { id, ...content },
        undefined,
        callerOf(merchant),
        metadataOf(merchant, id),
        reply,
      ]),
  };
}

/** What a cash operation says besides its ids. */
export type OperationText =
  | { readonly kind: 'capture'; readonly amount?: AmountText }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'refund'; readonly amount: AmountText }
  | { readonly kind: 'send' }
  | { readonly kind: 'modify'; readonly amount?: AmountText; readonly plannedDate?: BusinessDay }
  | { readonly kind: 'validate' };

const CONTROLLERS = {
  capture: ['CaptureController', 'capture'],
  cancel: ['CancelController', 'cancel'],
  refund: ['RefundController', 'refund'],
  send: ['SendToBankController', 'sendToBank'],
  modify: ['ModifyController', 'modify'],
  validate: ['ValidateController', 'validate'],
} as const;

export function operate(
  merchant: Merchant,
  id: string,
  transactionId: string,
  { kind, ...content }: OperationText,
  acknowledges: boolean,
): Request {
  const [controller, method] = CONTROLLERS[kind];
  const body = { id, ...content, acknowledgeStaleAuthorization: acknowledges };
  return {
    id,
    service: 'cashdesk',
    name: kind,
    send: (product, reply) =>
      call(product, controller, method, [
        transactionId,
        body,
        undefined,
        callerOf(merchant),
        metadataOf(merchant, id),
        reply,
      ]),
  };
}

export function telecollect(merchant: Merchant, id: string): Request {
  return {
    id,
    service: 'remittance',
    name: 'telecollect',
    send: (product, reply) =>
      call(product, 'TelecollectController', 'telecollect', [
        { contractId: merchant.contractId },
        callerOf(merchant),
        reply,
      ]),
  };
}

export function putBack(merchant: Merchant, id: string, transactionId: string): Request {
  return {
    id,
    service: 'remittance',
    name: 'put-back',
    send: (product, reply) =>
      call(product, 'PutBackController', 'putBack', [
        transactionId,
        { id },
        undefined,
        callerOf(merchant),
        metadataOf(merchant, id),
        reply,
      ]),
  };
}

export function resend(merchant: Merchant, id: string, remittanceId: string): Request {
  return {
    id,
    service: 'remittance',
    name: 'resend',
    send: (product, reply) =>
      call(product, 'ResendRemittanceController', 'resend', [
        remittanceId,
        { id },
        undefined,
        callerOf(merchant),
        metadataOf(merchant, id),
        reply,
      ]),
  };
}

export function setActive(merchant: Merchant, id: string, isActive: boolean): Request {
  return {
    id,
    service: 'onboarding',
    name: isActive ? 'activate' : 'deactivate',
    send: (product, reply) =>
      call(product, 'ChangeContractController', isActive ? 'activate' : 'deactivate', [
        merchant.contractId,
        { id },
        undefined,
        callerOf(merchant),
        metadataOf(merchant, id),
        reply,
      ]),
  };
}

/**
 * A mass operation as the back office records it: its search is SQL and not simulated, its decision and
 * what follows from it are.
 */
export function operateOnAll(
  merchant: Merchant,
  id: string,
  operation: 'capture' | 'send',
  transactionIds: readonly string[],
): Request {
  return {
    id,
    service: 'cashdesk',
    name: `mass ${operation}`,
    send: async (product) => {
      const { environment, shopId, currency } = merchant;
      const at = (product.container.valueOfToken(Clock) as Clock).now();
      const sum = (count: number) => ({ count, amount: { minor: 0, currency } });
      const totals = [
        {
          currency,
          debits: sum(transactionIds.length),
          refunds: sum(0),
          total: { minor: 0, currency },
        },
      ];
      const terms = { massOperationId: id, operation, nodeId: shopId, environment };
      const selection = { count: transactionIds.length, totals, transactionIds };
      const result = await (product.container.valueOfToken(Streams) as Streams).decide(
        massOperationStream,
        id,
        (state) =>
          requestMassOperation(
            {
              ...terms,
              acknowledgeStaleAuthorization: true,
              fingerprint: id,
              selection,
              expectedCount: null,
              at,
            },
            state,
          ),
        metadataOf(merchant, id),
      );
      return 'accepted' in result.decision ? 'asked for' : result.decision.refused;
    },
  };
}

/** Opens the tree and the contract of a merchant, step by step; each may be repeated. */
export function openMerchant(merchant: Merchant): readonly Request[] {
  const { brandId, groupId, shopId, contractId, environment, name } = merchant;
  const caller = callerAt('root', environment, 'bank');
  const open = (controller: string, id: string, body: object): Request => ({
    id,
    service: 'onboarding',
    name: 'open',
    send: (product: Product, reply: Reply) =>
      call(product, controller, 'open', [
        { id, ...body },
        undefined,
        caller,
        metadataOf(merchant, id),
        reply,
      ]),
  });
  const shop = { siteNumber: '1234567', rank: '001', merchantIdentifier: '1' };
  return [
    open('OpenNodeController', brandId, { level: 'BRAND', name }),
    open('OpenNodeController', groupId, { level: 'GROUP', name, parentId: brandId }),
    open('OpenNodeController', shopId, { level: 'SHOP', name, parentId: groupId, ...shop }),
    open('OpenContractController', contractId, {
      shopId,
      contractNumber: merchant.contractNumber,
      paymentMeans: merchant.paymentMeans,
      currency: merchant.currency,
      minimumMinor: 1,
      maximumMinor: 100_000_000,
      deferralDays: merchant.deferralDays,
      ...(merchant.telecollectionTime === null
        ? {}
        : { telecollectionTime: merchant.telecollectionTime }),
      label: name,
    }),
  ];
}
