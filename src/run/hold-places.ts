/** Holding the places of a node's outputs against other runs, so that what lies there is looked at and changed by one at a time. */
import type { ProjectPath } from '../base/paths.ts';
import type { Node } from '../plan/graph.ts';
import { outputLocation } from '../plan/locations.ts';
import type { Hold } from '../store/store.ts';
import type { Session } from './session.ts';

/** The name under which a place is held. */
export function placeName(place: ProjectPath): string {
  return `place ${place}`;
}

/**
 * What was known of the places is forgotten once they are held: another run may have changed them meanwhile.
 *
 * @param more  names held with them, such as the key.
 * @returns     null when the signal aborted while waiting.
 */
export async function holdPlaces(
  session: Pick<Session, 'store' | 'reader'>,
  node: Node,
  more: readonly string[],
  onWaiting: (what: string) => void,
  signal: AbortSignal,
): Promise<Hold | null> {
  const places = node.stage.outs.map((output) => outputLocation(node.experiment, node.stage, output));
  let hasWaited = false;
  try {
    const hold = await session.store.hold(
      [...places.map(placeName), ...more],
      () => {
        hasWaited = true;
        onWaiting('another run is making this result');
      },
      signal,
    );
    if (hasWaited) for (const place of places) session.reader.forget(place);
    return hold;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}
