import type { Environment } from '@encaisse/kernel';
import { invariant } from '@encaisse/kernel';
import { CONTRACT_CATEGORY, type ContractEvent, type ContractTerms } from './contract-events';
import { NODE_CATEGORY, type NodeEvent, type NodeOpened } from './node-events';

export type DirectoryNode = NodeOpened['data'];
export type DirectoryContract = ContractTerms & {
  readonly isActive: boolean;
  readonly openedAt: string;
  readonly deactivatedAt: string | null;
};

/** The node above all brands. */
const ROOT = 'root';

/**
 * Places and contracts as every service needs them, folded from the published facts. Each context
 * keeps its own copy in memory; look-ups are synchronous. Changed in place by `apply`.
 */
export class Directory {
  private readonly nodes = new Map<string, DirectoryNode>();
  private readonly children = new Map<string, string[]>();
  private readonly contracts = new Map<string, DirectoryContract>();
  private readonly contractsByShop = new Map<string, string[]>();
  private shopsBelow = new Map<string, readonly string[]>();

  /** The stream categories it is folded from. */
  static readonly categories = [NODE_CATEGORY, CONTRACT_CATEGORY] as const;

  static fromJson(json: unknown): Directory {
    const { nodes, contracts } = json as {
      nodes: readonly DirectoryNode[];
      contracts: readonly DirectoryContract[];
    };
    const directory = new Directory();
    for (const node of nodes) directory.addNode(node);
    for (const contract of contracts) directory.addContract(contract);
    return directory;
  }

  toJson(): unknown {
    return { nodes: [...this.nodes.values()], contracts: [...this.contracts.values()] };
  }

  apply({ type, data }: NodeEvent | ContractEvent): void {
    switch (type) {
      case 'NodeOpened':
        return this.addNode(data);
      case 'ShopMoved':
        return this.moveNode(data.nodeId, data.parentId);
      case 'NodeRenamed':
        return this.renameNode(data.nodeId, data.name);
      case 'ContractOpened':
        return this.addContract({ ...data, isActive: true, deactivatedAt: null });
      case 'ContractChanged': {
        const { contractId, label, minimumMinor, maximumMinor, deferralDays } = data;
        const terms = { label, minimumMinor, maximumMinor, deferralDays };
        return this.changeContract(contractId, terms);
      }
      case 'ContractDeactivated':
        return this.changeContract(data.contractId, {
          isActive: false,
          deactivatedAt: data.deactivatedAt,
        });
      case 'ContractActivated':
        return this.changeContract(data.contractId, { isActive: true, deactivatedAt: null });
      case 'ContractTechnicalDataRecorded':
        return;
    }
  }

  node(nodeId: string): DirectoryNode | undefined {
    return this.nodes.get(nodeId);
  }

  contract(contractId: string): DirectoryContract | undefined {
    return this.contracts.get(contractId);
  }

  allContracts(): Iterable<DirectoryContract> {
    return this.contracts.values();
  }

  contractsOfShop(shopId: string, environment: Environment): DirectoryContract[] {
    return (this.contractsByShop.get(shopId) ?? [])
      .map((contractId) => this.contracts.get(contractId))
      .filter((contract) => contract?.environment === environment) as DirectoryContract[];
  }

  /** The contracts of a node and below, shop by shop. */
  contractsAtOrBelow(nodeId: string, environment: Environment): DirectoryContract[] {
    return this.shopsAtOrBelow(nodeId).flatMap((shopId) =>
      this.contractsOfShop(shopId, environment),
    );
  }

  /** A contract of a node or below; undefined for one that is elsewhere as for one that is not. */
  contractBelow(
    contractId: string,
    { nodeId, environment }: { readonly nodeId: string; readonly environment: Environment },
  ): DirectoryContract | undefined {
    const contract = this.contracts.get(contractId);
    const isThere =
      contract?.environment === environment && this.isAtOrBelow(contract.shopId, nodeId);
    return isThere ? contract : undefined;
  }

  /** Direct children of a node, `root` for the brands, in the order they were opened. */
  childrenOf(nodeId: string): DirectoryNode[] {
    return (this.children.get(nodeId) ?? []).map((id) => this.nodes.get(id)) as DirectoryNode[];
  }

  /** All shops at or below a node; every shop for `root`; empty for an unknown node. */
  shopsAtOrBelow(nodeId: string): readonly string[] {
    const known = this.shopsBelow.get(nodeId);
    if (known) return known;
    const node = this.nodes.get(nodeId);
    const shops =
      node?.level === 'SHOP'
        ? [nodeId]
        : this.childrenOf(nodeId).flatMap((child) => this.shopsAtOrBelow(child.nodeId));
    this.shopsBelow.set(nodeId, shops);
    return shops;
  }

  /** A node and all below it, `root` and unknown ones included as they are given. */
  nodesAtOrBelow(nodeId: string): string[] {
    const below = this.childrenOf(nodeId);
    return [nodeId, ...below.flatMap((child) => this.nodesAtOrBelow(child.nodeId))];
  }

  /** Tells whether a node is another one or lies below it. Everything lies below `root`. */
  isAtOrBelow(nodeId: string, ancestorId: string): boolean {
    if (ancestorId === ROOT) return nodeId === ROOT || this.nodes.has(nodeId);
    let current: string | null = nodeId;
    while (current !== null) {
      if (current === ancestorId) return this.nodes.has(current);
      current = this.nodes.get(current)?.parentId ?? null;
    }
    return false;
  }

  /** A node and all above it, itself first and its brand last; empty for an unknown node. */
  atOrAbove(nodeId: string): readonly string[] {
    const path: string[] = [];
    for (let node = this.nodes.get(nodeId); node; node = this.nodes.get(node.parentId ?? ''))
      path.push(node.nodeId);
    return path;
  }

  /** The brand a node belongs to. */
  brandOf(nodeId: string): DirectoryNode | undefined {
    let node = this.nodes.get(nodeId);
    while (node?.parentId) node = this.nodes.get(node.parentId);
    return node;
  }

  private addNode(node: DirectoryNode): void {
    this.nodes.set(node.nodeId, node);
    const parentId = node.parentId ?? ROOT;
    const siblings = this.children.get(parentId) ?? [];
    siblings.push(node.nodeId);
    this.children.set(parentId, siblings);
    this.shopsBelow = new Map();
  }

  /** The node is last in the order of all, so that a copy read from a snapshot has the same children. */
  private moveNode(nodeId: string, parentId: string): void {
    const node = this.nodes.get(nodeId);
    invariant(node, `node ${nodeId} moves before it is opened`);
    const formerParentId = node.parentId ?? ROOT;
    const left = (this.children.get(formerParentId) ?? []).filter((child) => child !== nodeId);
    this.children.set(formerParentId, left);
    this.nodes.delete(nodeId);
    this.addNode({ ...node, parentId });
  }

  private renameNode(nodeId: string, name: string): void {
    const node = this.nodes.get(nodeId);
    invariant(node, `node ${nodeId} is renamed before it is opened`);
    this.nodes.set(nodeId, { ...node, name });
  }

  private addContract(contract: DirectoryContract): void {
    this.contracts.set(contract.contractId, contract);
    const ofShop = this.contractsByShop.get(contract.shopId) ?? [];
    ofShop.push(contract.contractId);
    this.contractsByShop.set(contract.shopId, ofShop);
  }

  private changeContract(contractId: string, changes: Partial<DirectoryContract>): void {
    const contract = this.contracts.get(contractId);
    invariant(contract, `contract ${contractId} changes before it is opened`);
    this.contracts.set(contractId, { ...contract, ...changes });
  }
}

/** How a service keeps its copy: `projections.follow(directoryReference('remittance'))`. */
export function directoryReference(context: string) {
  return {
    name: `${context}.directory`,
    version: 1,
    categories: Directory.categories,
    initial: () => new Directory(),
    evolve(this: void, directory: Directory, event: { type: string; data: object }): Directory {
      directory.apply(event as NodeEvent | ContractEvent);
      return directory;
    },
    toJson: (directory: Directory) => directory.toJson(),
    fromJson: (json: unknown) => Directory.fromJson(json),
  };
}
