import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  ActionRecorded,
  ApiKeyEvent,
  PreferencesSaved,
  TermsPublished,
  UserEvent,
} from '@encaisse/access/contract';
import { actionStream } from './action/action';
import { apiKeyStream } from './api-key/api-key';
import { preferencesStream } from './preferences/preferences';
import { termsStream } from './terms/terms';
import { userStream } from './user/user';

const FOLDERS = {
  user: join(__dirname, 'user', 'history'),
  terms: join(__dirname, 'terms', 'history'),
  action: join(__dirname, 'action', 'history'),
  preferences: join(__dirname, 'preferences', 'history'),
  'api-key': join(__dirname, 'api-key', 'history'),
};

function stored(folder: keyof typeof FOLDERS, type: string): unknown {
  return JSON.parse(readFileSync(join(FOLDERS[folder], `${type}.v1.json`), 'utf8'));
}

const userAfter = (...types: readonly string[]) =>
  types
    .map((type) => stored('user', type) as UserEvent)
    .reduce(userStream.evolve, userStream.initial);

describe('Every version of every event ever written', () => {
  it.each([
    [FOLDERS.user, userStream.schemaVersions],
    [FOLDERS.terms, termsStream.schemaVersions],
    [FOLDERS.action, actionStream.schemaVersions],
    [FOLDERS.preferences, preferencesStream.schemaVersions],
    [FOLDERS['api-key'], apiKeyStream.schemaVersions],
  ])('keeps one example of each version in %s', (folder, versions) => {
    const expected = Object.entries(versions).flatMap(([type, current]) =>
      Array.from({ length: current }, (_, index) => `${type}.v${index + 1}.json`),
    );
    expect(readdirSync(folder).sort()).toEqual(expected.sort());
  });

  it('folds the lives of users told with the examples', () => {
    expect(userAfter('UserCreated')).toMatchObject({ status: 'active', acceptedTerms: 0 });
    expect(userAfter('UserCreated', 'UserChanged')).toMatchObject({ profile: 'MANAGER' });
    const locked = userAfter('UserCreated', 'PasswordChanged', 'TermsAccepted', 'UserLocked');
    expect(locked).toMatchObject({ isLocked: true, acceptedTerms: 2 });
    const back = userAfter('UserCreated', 'UserLocked', 'PasswordReset', 'FactorAdded');
    expect(back).toMatchObject({ isLocked: false, factors: [{ kind: 'TOTP' }] });
    expect(userAfter('UserCreated', 'FactorAdded', 'FactorRemoved')).toMatchObject({ factors: [] });
    expect(userAfter('UserCreated', 'UserDisabled')).toMatchObject({ status: 'disabled' });
    const reopened = userAfter('UserCreated', 'UserDisabled', 'UserReactivated');
    expect(reopened).toMatchObject({ status: 'active' });
    expect(() => userAfter('UserLocked')).toThrow('created before anything else');
  });

  it('folds preferences', () => {
    const saved = stored('preferences', 'PreferencesSaved') as PreferencesSaved;
    const state = preferencesStream.evolve(preferencesStream.initial, saved);
    expect(state).toMatchObject({ landingPage: 'transactions', savedSearches: [{}] });
  });

  it('folds the life of a key told with the examples', () => {
    const keyAfter = (...types: readonly string[]) =>
      types
        .map((type) => stored('api-key', type) as ApiKeyEvent)
        .reduce(apiKeyStream.evolve, apiKeyStream.initial);
    const rotationId = '0192d100-0000-7000-8000-000000000011';
    expect(keyAfter('ApiKeyCreated', 'ApiKeyRotated')).toMatchObject({
      status: 'active',
      actions: ['search-transactions', 'refund'],
      rotations: { [rotationId]: { overlapMillis: 86_400_000 } },
    });
    expect(keyAfter('ApiKeyCreated', 'ApiKeyRevoked')).toMatchObject({ status: 'revoked' });
    expect(() => keyAfter('ApiKeyRevoked')).toThrow('created before anything else');
  });

  it('folds terms and an entry of the action log', () => {
    const terms = stored('terms', 'TermsPublished') as TermsPublished;
    expect(termsStream.evolve(termsStream.initial, terms).version).toBe(2);
    const action = stored('action', 'ActionRecorded') as ActionRecorded;
    expect(actionStream.evolve(null, action)).toEqual(action.data);
  });
});
