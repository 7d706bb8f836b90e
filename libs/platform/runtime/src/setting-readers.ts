/** One setting: its environment variable, default, reading and meaning. The catalogue is D18. */
export type SettingDefinition<Value> = {
  readonly variable: string;
  readonly meaning: string;
  /** What the documentation shows as default. */
  readonly shownDefault: string;
  /** Reads the text, or the default when the variable is absent or empty. Throws the rule broken. */
  read(text: string | undefined, environment: Readonly<Record<string, string | undefined>>): Value;
};

export function text(fallback: string) {
  return (value: string | undefined) => value ?? fallback;
}

export function optional(value: string | undefined): string | null {
  return value ?? null;
}

export function wholeNumber(fallback: number, least: number, most: number) {
  return (value: string | undefined) => {
    if (value === undefined) return fallback;
    const number = Number(value);
    if (!Number.isInteger(number) || number < least || number > most)
      throw new Error(`must be a whole number from ${least} to ${most}, got « ${value} »`);
    return number;
  };
}

export function oneOf<Value extends string>(fallback: Value, allowed: readonly Value[]) {
  return (value: string | undefined) => {
    const found = allowed.find((one) => one === (value ?? fallback));
    if (!found) throw new Error(`must be one of ${allowed.join(', ')}, got « ${value ?? ''} »`);
    return found;
  };
}

export function timeOfDay(fallback: string) {
  return (value: string | undefined) => {
    const time = value ?? fallback;
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time))
      throw new Error(`must be a time of day HH:MM, got « ${time} »`);
    return time;
  };
}

export function urlOf(protocols: readonly string[], fallback: string | null) {
  return (value: string | undefined) => {
    const url = value ?? fallback;
    if (url === null) return null;
    if (!protocols.some((protocol) => url.startsWith(`${protocol}://`)))
      throw new Error(
        `must be a URL of ${protocols.join(' or ')}, got « ${url.split('@').at(-1) ?? ''} »`,
      );
    return url;
  };
}
