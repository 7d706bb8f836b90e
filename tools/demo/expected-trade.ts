import type { Figures, TradeFigures } from './figures';

/**
 * The figures a trade file must lead to, from the file alone: an accountant's second reading of the
 * rules. It shares no code with the product, nor with the plan of the replay.
 */
export function expectedTrade(csvText: string, limitDays = Infinity): TradeFigures {
  const rows = rowsOf(csvText);
  const firstDay = Math.min(...rows.map(({ day }) => day));
  const fileLastDay = Math.max(...rows.map(({ day }) => day));
  const lastDay = Math.min(fileLastDay, firstDay + limitDays - 1);
  const books = [0, 1, 2, 3].map(() => new ShopBook());
  let accepted = 0;
  for (const row of rows) {
    const { customer, cents } = row;
    if (cents === 0 || row.day > lastDay) continue;
    const book = books[customer % 4]!;
    if (cents > 1_000_000 || ['51', '05', '54', '91', '92', '96'].includes(lastTwo(cents))) {
      book.refused += 1;
      continue;
    }
    accepted += 1;
    book.accept(row, accepted, lastDay);
  }
  const all = new ShopBook();
  for (const book of books) all.add(book);
  return { shops: books.map((book) => book.figures()), all: all.figures() };
}

type Row = { customer: number; day: number; items: number; cents: number };

function rowsOf(csvText: string): Row[] {
  return csvText
    .split('\n')
    .slice(1)
    .map((line) => line.replace('\r', '').split(','))
    .filter((fields) => fields.length === 4)
    .map(([customer = '', date = '', items = '', amount = '']) => {
      const [whole = '', fraction = ''] = amount.split('.');
      return {
        customer: Number(customer),
        day: Date.parse(date) / 86_400_000,
        items: Number(items),
        cents: Number(whole + fraction.padEnd(2, '0')),
      };
    });
}

function lastTwo(cents: number): string {
  return String(cents).padStart(2, '0').slice(-2);
}

type Evening = { debits: number; debitCents: number; credits: number; creditCents: number };

/** One shop's books: sales by fate, and what leaves for the bank each evening. */
class ShopBook {
  refused = 0;
  private awaitingCapture = 0;
  private cancelled = 0;
  private readonly sold: number[] = [];
  private readonly refunded: number[] = [];
  /** The evenings with something due, one remittance each; a key names shop and evening. */
  private readonly evenings: Evening[] = [];
  private readonly eveningOfDay = new Map<number, Evening>();

  accept({ day, items, cents }: Row, rank: number, lastDay: number): void {
    const isAuthorizationOnly = items >= 10;
    const debitDay = isAuthorizationOnly ? day + 2 : day;
    if (debitDay > lastDay) {
      this.awaitingCapture += 1;
    } else if (rank % 50 === 0 && !isAuthorizationOnly) {
      this.cancelled += 1;
      this.debit(debitDay, cents);
      this.credit(debitDay, cents);
      return;
    } else {
      this.sold.push(cents);
      this.debit(debitDay, cents);
    }
    const half = (cents - (cents % 2)) / 2;
    if (rank % 20 === 0 && half > 0 && day + 10 <= lastDay) {
      this.refunded.push(half);
      this.credit(day + 10, half);
    }
  }

  add(other: ShopBook): void {
    this.refused += other.refused;
    this.awaitingCapture += other.awaitingCapture;
    this.cancelled += other.cancelled;
    this.sold.push(...other.sold);
    this.refunded.push(...other.refunded);
    this.evenings.push(...other.evenings);
  }

  figures(): Figures {
    const { sold, refunded, evenings } = this;
    const soldCents = sum(sold);
    const debitCents = sum(evenings.map((evening) => evening.debitCents));
    const creditCents = sum(evenings.map((evening) => evening.creditCents));
    const states = {
      'DEBIT ACCEPTED SENT': sold.length,
      'DEBIT ACCEPTED AWAITING_CAPTURE': this.awaitingCapture,
      'DEBIT REFUSED NOT_APPLICABLE': this.refused,
      'CANCELLATION ACCEPTED SENT': this.cancelled,
      'REFUND ACCEPTED SENT': refunded.length,
    };
    return {
      states: Object.fromEntries(Object.entries(states).filter(([, number]) => number > 0)),
      count: sold.length + refunded.length,
      turnoverMinor: soldCents - sum(refunded),
      maximumMinor: sold.length === 0 ? null : sold.reduce((most, one) => Math.max(most, one)),
      averageMinor: sold.length === 0 ? null : Math.round(soldCents / sold.length),
      remittances: {
        count: evenings.length,
        debits: { count: sum(evenings.map(({ debits }) => debits)), minor: debitCents },
        credits: { count: sum(evenings.map(({ credits }) => credits)), minor: creditCents },
        totalMinor: debitCents - creditCents,
      },
    };
  }

  private debit(day: number, cents: number): void {
    const evening = this.eveningOf(day);
    evening.debits += 1;
    evening.debitCents += cents;
  }

  private credit(day: number, cents: number): void {
    const evening = this.eveningOf(day);
    evening.credits += 1;
    evening.creditCents += cents;
  }

  private eveningOf(day: number): Evening {
    const known = this.eveningOfDay.get(day);
    if (known) return known;
    const evening = { debits: 0, debitCents: 0, credits: 0, creditCents: 0 };
    this.eveningOfDay.set(day, evening);
    this.evenings.push(evening);
    return evening;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
