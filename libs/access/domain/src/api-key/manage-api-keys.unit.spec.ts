import { type Decision, fold, instant, isRefused } from '@encaisse/kernel';
import type { ApiKeyEvent } from '@encaisse/access/contract';
import { type ApiKey, apiKeyStream } from './api-key';
import { type ApiKeyRefusal, createApiKey, revokeApiKey, rotateApiKey } from './manage-api-keys';

const AT = instant('2026-11-28T08:30:00.000Z');
const LATER = instant('2026-11-28T08:30:00.001Z');
const KEY = {
  keyId: '0192d100-0000-7000-8000-000000000010',
  label: 'Caisse de Lille',
  nodeId: '0192d000-0000-7000-8000-000000000003',
  environment: 'TEST',
  actions: ['refund', 'cancel'],
  createdBy: 'claire.martin.4821',
  expiresAt: LATER,
} as const;
const GRANTABLE = new Set(['refund', 'cancel', 'capture']);
const CREATE = { ...KEY, grantable: GRANTABLE, at: AT };
const ROTATE = { rotationId: 'r1', overlapMillis: 1000, grantable: GRANTABLE, at: AT };

type Decided = Decision<ApiKeyEvent, ApiKeyRefusal>;
const eventsOf = (decision: Decided) => (isRefused(decision) ? [] : decision.accepted);
const codeOf = (decision: Decided) => (isRefused(decision) ? decision.refused.code : null);
const created = fold<ApiKey, ApiKeyEvent>(
  apiKeyStream,
  eventsOf(createApiKey(CREATE, apiKeyStream.initial)),
);
const after = (decision: Decided) => eventsOf(decision).reduce(apiKeyStream.evolve, created);

describe('Keys of machines', () => {
  it('are created once; the same again changes nothing, other content is refused', () => {
    expect(eventsOf(createApiKey(CREATE, apiKeyStream.initial))).toHaveLength(1);
    const reordered = { ...CREATE, actions: ['cancel', 'refund'] };
    expect(createApiKey(reordered, created)).toEqual({ accepted: [] });
    const others = [
      { label: 'Autre' },
      { nodeId: 'root' },
      { environment: 'PRODUCTION' as const },
      { actions: ['refund'] },
      { createdBy: 'autre' },
      { expiresAt: null },
    ];
    for (const other of others)
      expect(codeOf(createApiKey({ ...CREATE, ...other }, created))).toBe('id-reused');
  });

  it('hold nothing that is not for their creator to give, and end in the future', () => {
    const narrow = { ...CREATE, grantable: new Set(['refund']) };
    expect(createApiKey(narrow, apiKeyStream.initial)).toEqual({
      refused: { code: 'action-not-grantable', action: 'cancel' },
    });
    const past = { ...CREATE, expiresAt: AT };
    expect(codeOf(createApiKey(past, apiKeyStream.initial))).toBe('expiry-past');
  });

  it('are rotated by whoever could give all they hold', () => {
    const narrow = { ...ROTATE, grantable: new Set(['refund']) };
    expect(codeOf(rotateApiKey(narrow, created))).toBe('action-not-grantable');
    const [rotated] = eventsOf(rotateApiKey(ROTATE, created));
    expect(rotated).toMatchObject({ data: { formerValidUntil: '2026-11-28T08:30:01.000Z' } });
    const state = after(rotateApiKey(ROTATE, created));
    expect(rotateApiKey(ROTATE, state)).toEqual({ accepted: [] });
    expect(codeOf(rotateApiKey({ ...ROTATE, overlapMillis: 0 }, state))).toBe('id-reused');
  });

  it('are revoked for good', () => {
    const revoked = after(revokeApiKey({ at: AT }, created));
    expect(revokeApiKey({ at: AT }, revoked)).toEqual({ accepted: [] });
    expect(codeOf(rotateApiKey(ROTATE, revoked))).toBe('api-key-revoked');
    expect(codeOf(revokeApiKey({ at: AT }, apiKeyStream.initial))).toBe('api-key-unknown');
    expect(codeOf(rotateApiKey(ROTATE, apiKeyStream.initial))).toBe('api-key-unknown');
  });
});
