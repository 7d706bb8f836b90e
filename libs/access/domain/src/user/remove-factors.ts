import { accept, type Decision, refuse } from '@encaisse/kernel';
import type { FactorRemoved } from '@encaisse/access/contract';
import { managementRefusal, type ManageUserRefusal, type Managing } from './change-user';
import type { User } from './user';

/** Removes every second factor of a user who lost the device. The password stays as it is. */
export function removeAllFactors(
  managing: Omit<Managing, 'isLastManager'>,
  user: User,
): Decision<FactorRemoved, ManageUserRefusal> {
  if (user.status === 'unknown') return refuse({ code: 'user-unknown' });
  const rule = { ...managing, isLastManager: false };
  const refusal = managementRefusal(rule, user, user.profile);
  if (refusal) return refuse(refusal);
  const { userId, factors } = user;
  return accept(
    ...factors.map(({ factorId }): FactorRemoved => ({
      type: 'FactorRemoved',
      data: { userId, factorId, removedAt: managing.at },
    })),
  );
}
