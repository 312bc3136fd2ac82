import type { ChannelSession, ItemAnswer, PublishCall } from '#hub/connectors/connector.ts';

/** Publishes where the answer comes with the call. */
export async function publishNow(session: ChannelSession, call: PublishCall): Promise<readonly ItemAnswer[]> {
  const answers = await session.publish(call);
  if ('later' in answers) throw new Error('it ends later');
  return answers;
}
