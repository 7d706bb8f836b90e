import type { StoreNeed } from '@encaisse/platform/event-store';

const own = 'back up, restore and check the event store with the tools of its server';

/** Commands of operators and auditors that work on the log in the database. */
export const AUDIT_STORE_NEEDS = {
  verify: { feature: 'encaisse verify', needs: ['hasDensePositions'], instead: own },
  backup: { feature: 'encaisse backup', needs: ['hasDensePositions'], instead: own },
  restore: { feature: 'encaisse restore', needs: ['hasDensePositions'], instead: own },
  status: {
    feature: 'encaisse status',
    needs: ['hasDensePositions'],
    instead: '/health/ready and /metrics tell where the read models and consumers stand',
  },
} as const satisfies Readonly<Record<string, StoreNeed>>;
