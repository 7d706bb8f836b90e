/** Why one transaction comes before another; `time` because it was answered before the other began. */
export type EdgeKind = 'ww' | 'wr' | 'rw' | 'time';

export type Edge = { readonly to: number; readonly kind: EdgeKind };

/** Transactions, numbered from 0, and which must come before which. */
export class DependencyGraph {
  private readonly edges: Edge[][];

  constructor(size: number) {
    this.edges = Array.from({ length: size }, () => []);
  }

  /** A node more, for the passing of time. */
  addNode(): number {
    this.edges.push([]);
    return this.edges.length - 1;
  }

  link(from: number, to: number, kind: EdgeKind): void {
    if (from !== to) this.edges[from]!.push({ to, kind });
  }

  /** One shortest cycle of each knot of transactions that all come before each other. */
  cycles(kinds: ReadonlySet<EdgeKind>): Edge[][] {
    return this.knots(kinds).flatMap((knot) => {
      const members = new Set(knot);
      return [this.shortestCycle(knot[0]!, members, kinds)];
    });
  }

  private shortestCycle(
    start: number,
    members: ReadonlySet<number>,
    kinds: ReadonlySet<EdgeKind>,
  ): Edge[] {
    const cameBy = new Map<number, { readonly from: number; readonly edge: Edge }>();
    const queue = [start];
    for (const node of queue) {
      for (const edge of this.edges[node]!) {
        if (!kinds.has(edge.kind) || !members.has(edge.to)) continue;
        if (edge.to === start) return pathTo(node, start, cameBy, edge);
        if (cameBy.has(edge.to)) continue;
        cameBy.set(edge.to, { from: node, edge });
        queue.push(edge.to);
      }
    }
    return [];
  }

  /** Strongly connected components of more than one node (Tarjan, without recursion). */
  private knots(kinds: ReadonlySet<EdgeKind>): number[][] {
    const count = this.edges.length;
    const [order, low] = [new Int32Array(count).fill(-1), new Int32Array(count)];
    const isOpen = new Uint8Array(count);
    const open: number[] = [];
    const knots: number[][] = [];
    let next = 0;
    for (let root = 0; root < count; root += 1) {
      if (order[root] !== -1) continue;
      const path: { node: number; edge: number }[] = [{ node: root, edge: 0 }];
      while (path.length > 0) {
        const top = path.at(-1)!;
        const { node } = top;
        if (top.edge === 0) {
          order[node] = low[node] = next++;
          open.push(node);
          isOpen[node] = 1;
        }
        const edge = this.edges[node]![top.edge];
        if (edge !== undefined) {
          top.edge += 1;
          if (!kinds.has(edge.kind)) continue;
          if (order[edge.to] === -1) path.push({ node: edge.to, edge: 0 });
          else if (isOpen[edge.to] === 1) low[node] = Math.min(low[node]!, order[edge.to]!);
          continue;
        }
        path.pop();
        const parent = path.at(-1)?.node;
        if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!);
        if (low[node] !== order[node]) continue;
        const knot = open.splice(open.lastIndexOf(node));
        for (const member of knot) isOpen[member] = 0;
        if (knot.length > 1) knots.push(knot);
      }
    }
    return knots;
  }
}

function pathTo(
  end: number,
  start: number,
  cameBy: ReadonlyMap<number, { readonly from: number; readonly edge: Edge }>,
  closing: Edge,
): Edge[] {
  const path = [closing];
  for (let node = end; node !== start;) {
    const { from, edge } = cameBy.get(node)!;
    path.unshift(edge);
    node = from;
  }
  return path;
}
