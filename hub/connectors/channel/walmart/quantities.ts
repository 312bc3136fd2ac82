import type { ItemAnswer, PublishCall, PublishItem, ReadAnswer, ReadItem } from '../../connector.ts';
import type { Node } from './node.ts';

const READS_AT_ONCE = 4;

/** What may be sold of each: what is there without what is sold and not shipped yet. */
export async function readQuantities(node: Node, items: readonly ReadItem[]): Promise<ReadAnswer[]> {
  const answers: ReadAnswer[] = [];
  for (let from = 0; from < items.length; from += READS_AT_ONCE) {
    const some = items.slice(from, from + READS_AT_ONCE);
    answers.push(...(await Promise.all(some.map(({ channelSku }) => readOne(node, channelSku)))));
  }
  return answers;
}

async function readOne(node: Node, channelSku: string): Promise<ReadAnswer> {
  const stock = await node.read(channelSku);
  return 'code' in stock ? { channelSku, ...stock } : { channelSku, says: stock.available };
}

/**
 * Sets what may be sold of each. Walmart is told what is there in all and takes off by itself what it has sold: so what it
 * keeps is read and put on top. An order that comes between the two is taken off by Walmart, as it should be.
 */
export async function setQuantities(node: Node, call: PublishCall): Promise<ItemAnswer[]> {
  const answers: ItemAnswer[] = [];
  for (const item of call.items) answers.push(await setOne(node, item, call));
  return answers;
}

async function setOne(node: Node, item: PublishItem, { number, isAgain }: PublishCall): Promise<ItemAnswer> {
  const { channelSku, quantity, changeFrom } = item;
  const correlationId = correlationOf(number);
  const stock = await node.read(channelSku, correlationId);
  if ('code' in stock) return { channelSku, outcome: 'refused', ...stock };
  // It was set before, and the answer was lost. Else it is what was sold meanwhile that makes it the same.
  if (isAgain === true && stock.available === quantity) return { channelSku, outcome: 'taken' };
  if (changeFrom !== null && stock.available !== changeFrom) return { channelSku, outcome: 'stale' };
  const refusal = await node.set(channelSku, quantity + stock.reserved, correlationId);
  return refusal === undefined ? { channelSku, outcome: 'taken' } : { channelSku, outcome: 'refused', ...refusal };
}

/** A UUID that names the call: the same whenever it is sent, and found again in what Walmart has logged. */
export function correlationOf(call: number): string {
  return `00000000-0000-4000-8000-${call.toString(16).padStart(12, '0')}`;
}
