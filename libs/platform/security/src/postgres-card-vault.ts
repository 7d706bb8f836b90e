import { invariant } from '@encaisse/kernel';
import { type Database, StatementBatcher } from '@encaisse/platform/postgres';
import { uuidv7 } from 'uuidv7';
import { keyedCardDigest } from './card-fingerprint';
import { maskCardNumber } from './card-number';
import { type CardToSeal, CardVault, type OpenedCard, type SealedCard } from './card-vault';
import { keyedDigest } from './fingerprints';
import type { Keyring } from './keyring';
import { RecentValues } from './recent-values';
import { insertOrFind } from './vault-statements';

const CARDS_REMEMBERED = 50_000;
const REMEMBERED_MILLIS = 60_000;

/** What is remembered of a card, under its keyed digest: nothing that tells its number. */
type KnownCard = { readonly cardId: string; readonly fingerprint: string };

type CardRow = {
  readonly lookup: Buffer;
  readonly fingerprint: Buffer;
  readonly card: CardToSeal;
};

/** Card numbers sealed in `security.cards`. Concurrent seals of a process share one statement. */
export class PostgresCardVault extends CardVault {
  private readonly recent = new RecentValues<KnownCard>(CARDS_REMEMBERED, REMEMBERED_MILLIS);
  private readonly inFlight = new Map<string, Promise<KnownCard>>();
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
    const lookup = keyedDigest(key, `${card.number}/${card.expiry}`);
    const { cardId, fingerprint } = await this.known(card, key, lookup);
    return { cardId, maskedNumber: maskCardNumber(card.number), fingerprint, expiry: card.expiry };
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
    this.recent.deleteWhere((known) => known.cardId === cardId);
  }

  /** From memory, from a seal of the same card under way, or from the database. */
  private async known(card: CardToSeal, key: Buffer, lookup: Buffer): Promise<KnownCard> {
    const place = lookup.toString('base64');
    const known = this.recent.get(place) ?? this.inFlight.get(place);
    if (known !== undefined) return known;
    const fingerprint = keyedCardDigest(key, card.number);
    const writing = this.batcher.submit({ lookup, fingerprint, card }).then((cardId) => {
      const sealed = { cardId, fingerprint: fingerprint.toString('hex') };
      this.recent.set(place, sealed);
      return sealed;
    });
    this.inFlight.set(place, writing);
    try {
      return await writing;
    } finally {
      this.inFlight.delete(place);
    }
  }

  private async write(rows: readonly CardRow[]): Promise<readonly string[]> {
    const found = await insertOrFind(this.database, 'cards', rows, (row) => {
      const { lookup, fingerprint, card } = row;
      const cardId = uuidv7();
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
