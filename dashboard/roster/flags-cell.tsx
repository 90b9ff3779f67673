import { useId } from 'react';
import { useMutation } from 'urql';
import { sentenceOf } from '../client.ts';
import { AcknowledgeFlagDocument, type FlagViewFragment } from '../graphql/graphql.ts';
import { inWords } from '../local-time.ts';
import { Hidden } from '../readiness/marks.tsx';
import { capitalised, flagWords } from '../readiness/words.ts';

/** Three of them are told by shape and weight as well as by colour. */
const URGENT: ReadonlySet<FlagViewFragment['code']> = new Set([
  'ILLNESS_PATTERN',
  'READINESS_LOW',
  'READINESS_LOW_STREAK',
]);

/** The most urgent flag as a chip; it opens a panel over the page with all of them, their sentence and "seen". */
export function FlagsCell({ name, flags }: { name: string; flags: readonly FlagViewFragment[] | null }) {
  const panelId = useId();
  const [first, ...others] = flags ?? [];
  if (!first) return <span className="quiet">–</span>;
  const isSeen = flags?.every(({ acknowledgedAt }) => acknowledgedAt !== null) ?? false;
  const look = isSeen ? ' flags-seen' : URGENT.has(first.code) ? ' flags-urgent' : '';
  return (
    <>
      <button type="button" className={`flags${look}`} popoverTarget={panelId}>
        <FlagMark isFilled={!isSeen} />
        {capitalised(flagWords[first.code])}
        {others.length > 0 && (
          <span>
            +{others.length}
            <Hidden> more</Hidden>
          </span>
        )}
        {isSeen && <Hidden>, seen</Hidden>}
      </button>
      <div id={panelId} popover="auto" className="flags-panel" aria-label={`Flags of ${name}`}>
        <h2>{name}</h2>
        <ul>
          {flags?.map((flag) => (
            <FlagItem key={flag.id} flag={flag} />
          ))}
        </ul>
      </div>
    </>
  );
}

function FlagItem({ flag }: { flag: FlagViewFragment }) {
  const [answer, acknowledge] = useMutation(AcknowledgeFlagDocument);
  const isSeen = flag.acknowledgedAt !== null || answer.data !== undefined;
  return (
    <li>
      <span>{flag.sentence}</span>
      <span className="aside">
        since {inWords.dayMonth(flag.openedOn)}
        {flag.holdsToday ? '' : ', not today'}
        {isSeen && ', seen'}
      </span>
      {!isSeen && (
        <button
          type="button"
          className="button button-quiet"
          disabled={answer.fetching}
          onClick={() => void acknowledge({ id: flag.id })}
        >
          Mark as seen<Hidden>: {flagWords[flag.code]}</Hidden>
        </button>
      )}
      {answer.error && <span role="alert">{sentenceOf(answer.error)}</span>}
    </li>
  );
}

function FlagMark({ isFilled }: { isFilled: boolean }) {
  return (
    <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <path d="M2.5 1v10" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
      <path
        d="M2.5 1.5h7l-2 2.5 2 2.5h-7z"
        fill={isFilled ? 'currentColor' : 'none'}
        stroke="currentColor"
        strokeWidth="1.2"
        strokeLinejoin="round"
      />
    </svg>
  );
}
