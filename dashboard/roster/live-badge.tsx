import type { LiveState } from '../live.ts';
import { inWords } from '../local-time.ts';

/** Whether numbers arrive by themselves, in words and with a shape. */
export function LiveBadge({ live }: { live: LiveState }) {
  return (
    <span className={`live live-${live.kind}`} role="status" data-testid="live-state">
      <svg viewBox="-6 -6 12 12" width="12" height="12" aria-hidden="true">
        <circle r="4" />
      </svg>
      {wordsOf(live)}
    </span>
  );
}

function wordsOf(live: LiveState): string {
  switch (live.kind) {
    case 'connecting':
      return 'connecting';
    case 'live':
      return 'live';
    case 'reconnecting':
      return 'reconnecting';
    case 'offline':
      return `offline since ${inWords.clock(live.since)}`;
    case 'refused':
      break;
  }
  return 'no live updates';
}
