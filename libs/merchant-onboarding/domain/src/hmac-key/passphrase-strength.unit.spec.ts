import { passphraseStrength } from './passphrase-strength';

describe('The strength of a passphrase', () => {
  it.each([
    ['aaaaaaaaaaaaaaa', 15, 1, false],
    ['123456789012345', 15, 22, false],
    ['AAAAbbbb1111!!!!', 16, 47, false],
    ['correct horse battery', 21, 57, false],
    ['Payer en 3 fois', 15, 89, false],
    ['T7#kd-Qw9!zRm2', 14, 97, false],
    ['Le Chat Dort A 14h', 18, 90, true],
    ['Vente-abc-123-Net', 17, 94, true],
    ['Boutique en Ligne 2017!', 23, 100, true],
  ])(
    'HMAC-02 HMAC-05 of « %s » (%i characters) is %i',
    (passphrase, length, strength, isAccepted) => {
      expect(passphraseStrength(passphrase)).toEqual({ length, strength, isAccepted });
    },
  );

  it('HMAC-03 takes fifteen characters at 90 %, and neither fourteen nor 89 %', () => {
    expect(passphraseStrength('T7#kd-Qw9!zRm2')).toMatchObject({ length: 14, isAccepted: false });
    expect(passphraseStrength('T7#kd-Qw9!zRm2x')).toMatchObject({ length: 15, isAccepted: true });
    expect(passphraseStrength('Payer en 3 fois')).toMatchObject({
      strength: 89,
      isAccepted: false,
    });
    expect(passphraseStrength('Le Chat Dort A 14h')).toMatchObject({
      strength: 90,
      isAccepted: true,
    });
  });

  it.each([
    ['a special character', 'Payer en 3 foiz', 'Payer en 3 foi!'],
    ['a capital', 'payer en 3 fois', 'Payer en 3 fois'],
    ['a number', 'Payer en trois fois', 'Payer en 3 trois f'],
  ])('HMAC-04 is raised by %s', (_name, without, with_) => {
    expect(passphraseStrength(with_).strength).toBeGreaterThan(
      passphraseStrength(without).strength,
    );
  });

  it('HMAC-04 is lowered by repetition, sequences up and down, and few different characters', () => {
    const { strength } = passphraseStrength('Le Chat Dort A 14h');
    expect(passphraseStrength('Le Chaa Dort A 14h').strength).toBe(strength - 3);
    expect(passphraseStrength('Le Chat Dcba A 14h').strength).toBeLessThan(strength);
    expect(passphraseStrength('Le Chat Dort A 123').strength).toBeLessThan(strength);
  });

  it('counts characters, not code units, and is never below 0 or above 100', () => {
    expect(passphraseStrength('😀😀').length).toBe(2);
    expect(passphraseStrength('')).toEqual({ length: 0, strength: 0, isAccepted: false });
    expect(passphraseStrength('a'.repeat(200)).strength).toBe(0);
    expect(passphraseStrength('Boutique en Ligne 2017!'.repeat(2)).strength).toBeLessThanOrEqual(
      100,
    );
  });
});
