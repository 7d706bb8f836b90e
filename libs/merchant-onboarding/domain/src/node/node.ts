import { invariant, type StreamType } from '@encaisse/kernel';
import {
  NODE_CATEGORY,
  type NodeEvent,
  type NodeOpened,
} from '@encaisse/merchant-onboarding/contract';

/** What a command of a node asked for, so that its repeat is known. */
export type NodeCommandContent = { readonly parentId: string } | { readonly name: string };

/** A tree node, as decisions need it. */
export type TreeNode =
  | { readonly status: 'unknown' }
  | ({
      readonly status: 'open';
      /** As it was opened: what a repeat of the opening is compared with. */
      readonly opened: NodeOpened['data'];
      /** The commands that moved or renamed it, by their id. */
      readonly commands: Readonly<Record<string, NodeCommandContent>>;
    } & NodeOpened['data']);

export const nodeStream: StreamType<TreeNode, NodeEvent> = {
  category: NODE_CATEGORY,
  initial: { status: 'unknown' },
  schemaVersions: { NodeOpened: 1, ShopMoved: 1, NodeRenamed: 1 },
  evolve(state, { type, data }) {
    if (type === 'NodeOpened') return { ...data, status: 'open', opened: data, commands: {} };
    invariant(state.status === 'open', 'a node is opened before anything else');
    const content = type === 'ShopMoved' ? { parentId: data.parentId } : { name: data.name };
    const commands = { ...state.commands, [data.commandId]: content };
    return { ...state, ...content, commands };
  },
};
