import * as crypto from 'node:crypto';
import { host, type VirtualTimer } from './host';

/** Real time or chance was asked for where only ports may give them. */
export class MachineRefused extends Error {
  constructor(file: string, what: string) {
    super(`${file} asks the machine for ${what}: only platform adapters may, ask a port instead`);
  }
}

/** What a module sees in place of the globals of Node, by name. */
export type Globals = Readonly<Record<string, unknown>>;

export const GLOBAL_NAMES = [
  'Date',
  'Math',
  'performance',
  'crypto',
  'fetch',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
] as const;

type Listener = (...parameters: unknown[]) => void;

function timer(isRepeated: boolean) {
  return (work: Listener, millis = 0, ...parameters: unknown[]): VirtualTimer =>
    host.machine.setTimer(millis, () => work(...parameters), isRepeated);
}

function clear(timerToClear: VirtualTimer | undefined): void {
  timerToClear?.cancel();
}

class VirtualDate extends Date {
  constructor(...parameters: readonly unknown[]) {
    if (parameters.length === 0) super(host.machine.wallMillis());
    else super(...(parameters as [number]));
  }

  static override now(): number {
    return host.machine.wallMillis();
  }
}

function mathWith(random: () => number): Math {
  return Object.create(Math, { random: { value: random } }) as Math;
}

/** Time, timers and chance of the virtual machine. */
export function virtualGlobals(): Globals {
  return {
    Date: VirtualDate,
    Math: mathWith(() => host.machine.random()),
    performance: { now: () => host.machine.monotonicMillis() },
    crypto: virtualCrypto(),
    fetch: () => {
      throw new Error('there is no network in a simulation');
    },
    setTimeout: timer(false),
    clearTimeout: clear,
    setInterval: timer(true),
    clearInterval: clear,
    setImmediate: (work: Listener, ...parameters: unknown[]) =>
      host.machine.setTimer(0, () => work(...parameters), false),
    clearImmediate: clear,
  };
}

/** Globals that refuse to tell time or chance; what needs neither is left as it is. */
export function guardedGlobals(file: string): Globals {
  const refuse = (what: string) => (): never => {
    throw new MachineRefused(file, what);
  };
  class GuardedDate extends Date {
    constructor(...parameters: readonly unknown[]) {
      if (parameters.length === 0) throw new MachineRefused(file, 'new Date()');
      super(...(parameters as [number]));
    }
    static override now = refuse('Date.now');
  }
  return {
    Date: GuardedDate,
    Math: mathWith(refuse('Math.random')),
    performance: { now: refuse('performance.now') },
    crypto: { randomUUID: refuse('crypto.randomUUID'), getRandomValues: refuse('chance') },
    fetch: refuse('fetch'),
    setTimeout: refuse('setTimeout'),
    clearTimeout: clear,
    setInterval: refuse('setInterval'),
    clearInterval: clear,
    setImmediate: refuse('setImmediate'),
    clearImmediate: clear,
  };
}

function hexUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [8, 12, 16, 20, 32]
    .map((end, index) => hex.slice([0, 8, 12, 16, 20][index], end))
    .join('-');
}

/** Node's digests and ciphers as they are; what is drawn comes from the seed. */
export function virtualCrypto(): Record<string, unknown> {
  const randomBytes = (size: number) => host.machine.fillRandom(Buffer.alloc(size));
  return {
    ...crypto,
    randomBytes,
    randomFillSync: (bytes: Uint8Array) => host.machine.fillRandom(bytes),
    getRandomValues: (bytes: Uint8Array) => host.machine.fillRandom(bytes),
    randomInt: (least: number, beyond?: number) => {
      const [from, to] = beyond === undefined ? [0, least] : [least, beyond];
      return from + Math.floor(host.machine.random() * (to - from));
    },
    randomUUID: () => {
      const bytes = randomBytes(16);
      bytes[6] = (bytes[6]! & 0x0f) | 0x40;
      bytes[8] = (bytes[8]! & 0x3f) | 0x80;
      return hexUuid(bytes);
    },
  };
}

const CHANCE = ['randomBytes', 'randomFillSync', 'randomUUID', 'randomInt', 'getRandomValues'];

/** Node's digests as they are; whatever draws is refused. */
export function guardedCrypto(file: string): Record<string, unknown> {
  const refused = CHANCE.map((name) => [
    name,
    () => {
      throw new MachineRefused(file, `crypto.${name}`);
    },
  ]);
  return { ...crypto, ...(Object.fromEntries(refused) as object) };
}

type WaitOptions = { readonly signal?: AbortSignal };

/** `node:timers/promises` of the virtual machine, as far as the product uses it. */
export const virtualTimerPromises = {
  setTimeout<Value>(millis: number, value?: Value, { signal }: WaitOptions = {}): Promise<Value> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        waiting.cancel();
        reject(Object.assign(new Error('The operation was aborted'), { name: 'AbortError' }));
      };
      const waiting = host.machine.setTimer(
        millis,
        () => {
          signal?.removeEventListener('abort', abort);
          resolve(value as Value);
        },
        false,
      );
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  },
};
