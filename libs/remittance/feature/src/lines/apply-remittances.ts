import { decodeEvent, type RecordedEvent } from '@encaisse/platform/event-store';
import type { SqlSession } from '@encaisse/platform/postgres';
import {
  CONTRACT_REMITTANCES_CATEGORY,
  type ContractRemittancesEvent,
  type RemittanceEvent,
} from '@encaisse/remittance/contract';
import {
  contractRemittancesStream,
  remittanceStream,
  type RemittancePhase,
} from '@encaisse/remittance/domain';

const PHASES: Readonly<Record<string, RemittancePhase>> = {
  RemittanceOpened: 'open',
  RemittanceBuilt: 'to-send',
  RemittanceAbandoned: 'abandoned',
  RemittanceSent: 'sent',
  RemittanceAccepted: 'accepted',
  RemittanceRejected: 'rejected',
  RemittanceResendRequested: 'to-send',
};

/** Keeps the list of remittances, so that what was not finished is found again. */
export async function applyRemittances(
  events: readonly RecordedEvent[],
  session: SqlSession,
): Promise<void> {
  for (const recorded of events) {
    if (recorded.streamId.startsWith(`${CONTRACT_REMITTANCES_CATEGORY}-`)) {
      const { type, data } = decodeEvent<ContractRemittancesEvent>(
        contractRemittancesStream,
        recorded,
      );
      if (type !== 'RemittanceNumberAssigned') continue;
      await session.query(
        `insert into remittances
           (remittance_id, number, environment, shop_id, contract_id, phase, assigned_position)
         values ($1, $2, $3, $4, $5, 'assigned', $6)`,
        [
          data.remittanceId,
          data.number,
          data.environment,
          data.shopId,
          data.contractId,
          recorded.position,
        ],
      );
      continue;
    }
    const { type, data } = decodeEvent<RemittanceEvent>(remittanceStream, recorded);
    await session.query('update remittances set phase = $2 where remittance_id = $1', [
      data.remittanceId,
      PHASES[type],
    ]);
  }
}
