import { PASSWORD_LEVEL_LABELS, passwordQuality, passwordRefusal } from './password-quality';

describe('The quality of a password', () => {
  it.each([
    ['123', 'Très faible'],
    ['123456%', 'Faible'],
    ['123456%A', 'Moyen'],
    ['123456%AfP@10oz', 'Fort'],
    ['123456%AfP@10oz*', 'Très fort'],
  ])('AUTH-09 AUTH-10 of %s is %s', (password, label) => {
    expect(PASSWORD_LEVEL_LABELS[passwordQuality(password)].fr).toBe(label);
  });

  it.each([
    ['aB3$aB3$aB3', 'MEDIUM'],
    ['aB3$aB3$aB3$', 'STRONG'],
    ['aB3$aB3$aB3$aB3', 'STRONG'],
    ['aB3$aB3$aB3$aB3$', 'VERY_STRONG'],
    ['aB3aB3aB3aB3aB3aB3', 'MEDIUM'],
    ['abcdef', 'VERY_WEAK'],
    ['abcde1', 'WEAK'],
  ] as const)('AUTH-10 of %s is %s, one character each side of a limit', (password, level) => {
    expect(passwordQuality(password)).toBe(level);
  });
});

describe('A new password', () => {
  const good = {
    password: 'Halles-2026-Paris!',
    hasSecondFactor: false,
    isCommon: false,
    wasUsedBefore: false,
  };

  it('AUTH-10 is taken when it keeps every rule', () => {
    expect(passwordRefusal(good)).toBeNull();
  });

  it.each([
    [{ password: 'aB3$'.repeat(33) }, 'password-too-long'],
    [{ password: 'aB3$aB3$aB3$aB' }, 'password-too-short'],
    [{ password: 'aaaaaaaaaaaaaaaaaaaa' }, 'password-too-weak'],
    [{ isCommon: true }, 'password-too-common'],
    [{ wasUsedBefore: true }, 'password-used-before'],
  ])('AUTH-10 is refused as %s: %s', (change, code) => {
    expect(passwordRefusal({ ...good, ...change })?.code).toBe(code);
  });

  it('AUTH-10 may be shorter beside a second factor, never weaker than strong', () => {
    const shorter = { ...good, hasSecondFactor: true };
    expect(passwordRefusal({ ...shorter, password: 'aB3$aB3$aB3$' })).toBeNull();
    expect(passwordRefusal({ ...shorter, password: 'aB3$aB3$aB3' })?.code).toBe(
      'password-too-weak',
    );
  });
});
