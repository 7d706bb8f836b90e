import type { Database } from '@encaisse/platform/postgres';

const BLOCK = 64;

/**
 * Ten-digit transaction numbers, unique in the installation. Drawn in blocks, so that a payment does
 * not pay a round trip for its number: numbers unused at a stop are skipped.
 */
export class TransactionNumbers {
  private readonly free: string[] = [];
  private drawing: Promise<void> | undefined;

  constructor(private readonly database: Database) {}

  async next(): Promise<string> {
    for (;;) {
      const number = this.free.shift();
      if (number !== undefined) return number;
      this.drawing ??= this.draw().finally(() => {
        this.drawing = undefined;
      });
      await this.drawing;
    }
  }

  private async draw(): Promise<void> {
    const rows = await this.database.query<{ number: number }>(
      "select nextval('platform.transaction_numbers') as number from generate_series(1, $1)",
      [BLOCK],
    );
    this.free.push(...rows.map(({ number }) => String(number).padStart(10, '0')));
  }
}
