/** The digits with their check digit after them (Luhn, ISO/IEC 7812-1, annex B). */
export function withLuhnDigit(payload: string): string {
  const sum = Array.from(payload)
    .reverse()
    .reduce((total, character, index) => {
      const digit = Number(character) * (index % 2 === 0 ? 2 : 1);
      return total + (digit > 9 ? digit - 9 : digit);
    }, 0);
  return `${payload}${(10 - (sum % 10)) % 10}`;
}
