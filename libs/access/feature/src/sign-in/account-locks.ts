import { Inject, Injectable } from '@nestjs/common';
import { lockUser, userStream } from '@encaisse/access/domain';
import { isRefused } from '@encaisse/kernel';
import { ActionLog } from '@encaisse/platform/access';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import { type Logger, LOGGER_TOKEN } from '@encaisse/platform/runtime';
import type { Account } from './accounts';

/** Locks accounts after too many failures in a row (AUTH-11). */
@Injectable()
export class AccountLocks {
  constructor(
    private readonly streams: Streams,
    private readonly actionLog: ActionLog,
    private readonly clock: Clock,
    @Inject(LOGGER_TOKEN) private readonly logger: Logger,
  ) {}

  /**
   * The counter locks by itself, at once; the event follows without being waited for, so that the
   * answer takes no longer than that of a login nobody has.
   */
  lock(account: Account, metadata: EventMetadata): void {
    const at = this.clock.now();
    this.streams
      .decide(userStream, account.userId, (user) => lockUser({ at }, user), metadata)
      .then(({ decision, isReplay }) =>
        isRefused(decision) || isReplay ? undefined : this.record(account, metadata),
      )
      .catch((error: unknown) => {
        // The next failure tries again.
        this.logger.error({ error: (error as Error).message }, 'a lock was not recorded');
      });
  }

  private record(account: Account, metadata: EventMetadata): Promise<void> {
    const { userId, login, nodeId, personId, commitment } = account;
    return this.actionLog.record(
      {
        kind: 'LOCK',
        environment: null,
        nodeId,
        userId,
        login,
        person: { personId, commitment },
        about: { kind: 'user', id: userId },
        result: 'ACCEPTED',
        status: 200,
        problem: null,
        before: { isLocked: false },
        after: { isLocked: true },
        address: '',
      },
      { ...metadata, actor: { kind: 'system', login: 'system' } },
    );
  }
}
