import { invariant } from '@encaisse/kernel';
import type { Database } from '@encaisse/platform/postgres';
import { uuidv7 } from 'uuidv7';
import { maskCardNumber } from './card-number';
import { type CardToSeal, CardVault, type OpenedCard, type SealedCard } from './card-vault';
import { keyedDigest } from './fingerprints';
import type { Keyring } from './keyring';
import { RecentValues } from './recent-values';
import { StatementBatcher } from './statement-batcher';
import { insertOrFind } from './vault-statements';

const CARDS_REMEMBERED = 50_000;
const REMEMBERED_MILLIS = 60_000;

type CardRow = {
  readonly cardId: string;
  readonly lookup: Buffer;
  readonly fingerprint: Buffer;
  readonly card: CardToSeal;
};

/** Card numbers sealed in `security.cards`. Concurrent seals of a process share one statement. */
export class PostgresCardVault extends CardVault {
  private readonly recent = new RecentValues<string>(CARDS_REMEMBERED, REMEMBERED_MILLIS);
  private readonly inFlight = new Map<string, Promise<string>>();
  private readonly batcher = new StatementBatcher<CardRow, string>((rows) => this.write(rows));

  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
  ) {
    super();
  }

  override async seal(card: CardToSeal): Promise<SealedCard> {
    invariant(/^\d{12,19}$/.test(card.number), 'a card number has 12 to 19 digits');
    invariant(/^\d{4}$/.test(card.expiry), 'an expiry is YYMM');
    const key = this.keyring.tenantKey('card', card.environment, card.tenantId);
    const fingerprint = keyedDigest(key, card.number);
    const lookup = keyedDigest(key, `${card.number}/${card.expiry}`);
    const cardId = await this.cardIdOf({ cardId: uuidv7(), lookup, fingerprint, card });
    return {
      cardId,
      maskedNumber: maskCardNumber(card.number),
      fingerprint: fingerprint.toString('hex'),
      expiry: card.expiry,
    };
  }

  override async open(cardId: string): Promise<OpenedCard | null> {
    const [row] = await this.database.query<{ data_key_id: string; sealed: Buffer }>(
      'select data_key_id, sealed from security.cards where card_id = $1',
      [cardId],
    );
    if (!row) return null;
    const stored = { dataKeyId: row.data_key_id, sealed: row.sealed };
    const plain = (await this.keyring.unseal(stored, placeOf(cardId))).toString();
    return { expiry: plain.slice(0, 4), number: plain.slice(4) };
  }

  override async erase(cardId: string): Promise<void> {
    await this.database.query('delete from security.cards where card_id = $1', [cardId]);
    this.recent.deleteWhere((known) => known === cardId);
  }

  /** From memory, from a seal of the same card under way, or from the database. */
  private async cardIdOf(row: CardRow): Promise<string> {
    const key = row.lookup.toString('base64');
    const known = this.recent.get(key) ?? this.inFlight.get(key);
    if (known !== undefined) return known;
    const writing = this.batcher.submit(row).then((cardId) => {
      this.recent.set(key, cardId);
      return cardId;
    });
    this.inFlight.set(key, writing);
    try {
      return await writing;
    } finally {
      this.inFlight.delete(key);
    }
  }

  private async write(rows: readonly CardRow[]): Promise<readonly string[]> {
    const found = await insertOrFind(this.database, 'cards', rows, (row) => {
      const { cardId, lookup, fingerprint, card } = row;
      const { environment, tenantId } = card;
      const plain = Buffer.from(card.expiry + card.number);
      const { dataKeyId, sealed } = this.keyring.seal(environment, plain, placeOf(cardId));
      return { id: cardId, environment, tenantId, lookup, digest: fingerprint, dataKeyId, sealed };
    });
    return found.map(({ id }) => id);
  }
}

/** Authenticated with the ciphertext, so that a sealed number cannot stand for another card. */
function placeOf(cardId: string): string {
  return `card/${cardId}`;
}
