import type { BlockedCardEvent, CardBlocked } from '@encaisse/authorization/domain';
import type { Environment } from '@encaisse/kernel';

/** A block that holds, with who made it. */
export type Block = CardBlocked['data'] & { readonly login: string };

/** Which card of which node a block was of. */
export type BlockPlace = Pick<Block, 'environment' | 'nodeId' | 'cardFingerprint'>;

type Json = {
  readonly blocks: readonly Block[];
  readonly places: readonly (readonly [blockId: string, BlockPlace])[];
};

/** The blocks of every node, folded from the log. Changed in place by `apply`. */
export class BlockList {
  /** By environment and node, then by the fingerprint of the node. */
  private readonly byNode = new Map<string, Map<string, Block>>();
  /** Of every block there ever was, so that a repeated command is known. */
  private readonly places = new Map<string, BlockPlace>();

  static fromJson(json: unknown): BlockList {
    const { blocks, places } = json as Json;
    const list = new BlockList();
    for (const block of blocks) list.add(block);
    for (const [blockId, place] of places) list.places.set(blockId, place);
    return list;
  }

  toJson(): Json {
    const blocks = [...this.byNode.values()].flatMap((ofNode) => [...ofNode.values()]);
    return { blocks, places: [...this.places] };
  }

  apply({ type, data }: BlockedCardEvent, login: string): void {
    const { environment, nodeId, cardFingerprint, blockId } = data;
    if (type === 'CardUnblocked') {
      this.byNode.get(keyOf(environment, nodeId))?.delete(cardFingerprint);
      return;
    }
    this.places.set(blockId, { environment, nodeId, cardFingerprint });
    this.add({ ...data, login });
  }

  /** Whether a node has any block; where it has none, no fingerprint need be reckoned. */
  hasBlocks(environment: Environment, nodeId: string): boolean {
    return (this.byNode.get(keyOf(environment, nodeId))?.size ?? 0) > 0;
  }

  /** The block of a card at one node, by the fingerprint of that node. */
  find({ environment, nodeId, cardFingerprint }: BlockPlace): Block | undefined {
    return this.byNode.get(keyOf(environment, nodeId))?.get(cardFingerprint);
  }

  /** Every block of an environment that holds. */
  ofEnvironment(environment: Environment): Block[] {
    return [...this.byNode.values()]
      .flatMap((ofNode) => [...ofNode.values()])
      .filter((block) => block.environment === environment);
  }

  /** Where a block stands, also one that was lifted; undefined when there never was one. */
  place(blockId: string): BlockPlace | undefined {
    return this.places.get(blockId);
  }

  private add(block: Block): void {
    const key = keyOf(block.environment, block.nodeId);
    const ofNode = this.byNode.get(key) ?? new Map<string, Block>();
    ofNode.set(block.cardFingerprint, block);
    this.byNode.set(key, ofNode);
  }
}

function keyOf(environment: Environment, nodeId: string): string {
  return `${environment}|${nodeId}`;
}
