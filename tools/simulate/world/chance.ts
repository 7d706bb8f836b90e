/**
 * Numbers that follow from a seed: sfc32 (Practically Random, C. Doty-Humphrey), whose 32-bit integer
 * steps give the same numbers on every machine. Streams forked by name do not disturb each other.
 */
export class Chance {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(private readonly seed: string) {
    const words = hashWords(seed);
    [this.a, this.b, this.c] = words;
    for (let round = 0; round < 12; round += 1) this.next();
  }

  /** A stream of its own, drawn from as often as one likes. */
  fork(name: string): Chance {
    return new Chance(`${this.seed}/${name}`);
  }

  /** A whole number of 32 bits. */
  next(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    this.c |= 0;
    return sum >>> 0;
  }

  /** From 0 to 1, 1 left out. */
  fraction(): number {
    return this.next() / 4_294_967_296;
  }

  /** A whole number, both ends included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  /**
   * A number between two, small ones more often: each doubling is equally likely. Without logarithms, whose last bit may differ
   * from one version of Node to the next.
   */
  spread(least: number, most: number): number {
    let doublings = 0;
    for (let reached = least; reached * 2 <= most; reached *= 2) doublings += 1;
    let value = least;
    for (let left = this.whole(0, doublings); left > 0; left -= 1) value *= 2;
    return Math.min(most, value * (1 + this.fraction()));
  }

  happens(probability: number): boolean {
    return probability > 0 && this.fraction() < probability;
  }

  one<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.fraction() * items.length)]!;
  }

  /** Some of the items, in an order of their own. */
  some<Item>(items: readonly Item[], count: number): Item[] {
    const left = [...items];
    for (let index = left.length - 1; index > 0; index -= 1) {
      const other = this.whole(0, index);
      [left[index], left[other]] = [left[other]!, left[index]!];
    }
    return left.slice(0, count);
  }
}

/** Three words of a text: FNV-1a with different bases. */
function hashWords(text: string): [number, number, number] {
  const words = [0x811c9dc5, 0x01000193, 0x9e3779b9].map((base) => {
    let hash = base;
    for (let index = 0; index < text.length; index += 1)
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    return hash | 0;
  });
  return [words[0]!, words[1]!, words[2]!];
}
