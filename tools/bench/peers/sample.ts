import { sampleEvent } from '../sample-events';
import type { PeerEvent } from './peer';

/** What a peer stores of one sample event: our metadata goes with its data, so that sizes compare. */
export function samplePeerEvent(): PeerEvent {
  const { eventId, type, data, metadata } = sampleEvent();
  return { id: eventId, type, data: { ...data, metadata } };
}
