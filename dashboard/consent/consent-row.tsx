import { useState } from 'react';
import { type CombinedError, useMutation } from 'urql';
import { sentenceOf } from '../client.ts';
import { GrantConsentDocument, type SharingQuery, type Signal, WithdrawConsentDocument } from '../graphql/graphql.ts';
import { inWords, localDate } from '../local-time.ts';
import { LockMark } from '../readiness/marks.tsx';
import { capitalised, signalWord } from '../readiness/words.ts';

export type Consent = NonNullable<NonNullable<SharingQuery['viewer']['athlete']>['consents']>[number];

/** What a coach then gets to see, per signal. */
const SEEN: Partial<Record<Signal, string>> = {
  HRV: 'nightly HRV and its part in the score',
  RESTING_HEART_RATE: 'nightly resting heart rate and its part in the score',
  SLEEP: 'hours, quality, sleep debt and their part in the score',
  TRAINING:
    'workouts with duration, type, heart rate and how hard they felt, the load they add up to over the weeks, and your plan, which the coach may then write',
  HEART_RATE: 'heart rate through the day',
  STEPS: 'steps per day',
  VITALS: 'temperature deviation, breathing rate, oxygen, stress',
  CHECK_IN: 'soreness, stress and mood of a day, not how you feel against the score',
};

/** One signal and one team. Both answers look alike, and the one in force is marked. */
export function ConsentRow(parts: {
  team: { id: string; name: string };
  signal: Signal;
  consents: readonly Consent[];
  timeZone: string;
  onChanged: () => void;
}) {
  const { team, signal, consents, timeZone, onChanged } = parts;
  const today = localDate(new Date(), timeZone);
  const [since, setSince] = useState(today);
  const [granting, grant] = useMutation(GrantConsentDocument);
  const [withdrawing, withdraw] = useMutation(WithdrawConsentDocument);
  const [problem, setProblem] = useState<CombinedError | undefined>();
  const inForce = consents.find(isInForce) ?? null;
  const isBusy = granting.fetching || withdrawing.fetching;

  const settle = ({ error }: { error?: CombinedError | undefined }) => {
    setProblem(error);
    if (!error) onChanged();
  };
  const share = async () => settle(await grant({ input: { teamId: team.id, signal, since } }));
  const stop = async () => settle(await withdraw({ input: { teamId: team.id, signal } }));
  const name = capitalised(signalWord(signal));

  return (
    <tr role="row" data-testid={`consent-${signal}`}>
      <th role="rowheader" scope="row">
        {name}
        <span className="aside">Coach sees {SEEN[signal] ?? 'the values'}</span>
      </th>
      <td role="cell" data-label="Shared">
        {inForce ? (
          <b className="is-shared">shared</b>
        ) : (
          <span className="not-shared">
            <LockMark /> not shared
          </span>
        )}
      </td>
      <td role="cell" data-label="From day">
        {inForce ? (
          <>
            since {inWords.shortDay(inForce.since)}
            {inForce.until && <span className="aside">until {inWords.moment(inForce.until)}</span>}
          </>
        ) : (
          <input
            type="date"
            aria-label={`Share ${signalWord(signal)} with ${team.name} from day`}
            value={since}
            max={today}
            onChange={(event) => setSince(event.target.value || today)}
          />
        )}
      </td>
      <td role="cell" data-label="Your decision">
        <div className="segments" role="group" aria-label={`${name}, ${team.name}`}>
          <button
            type="button"
            aria-pressed={inForce !== null}
            disabled={isBusy}
            onClick={() => inForce === null && void share()}
          >
            Share
          </button>
          <button
            type="button"
            aria-pressed={inForce === null}
            disabled={isBusy}
            onClick={() => inForce !== null && void stop()}
          >
            Don’t share
          </button>
        </div>
        {problem && <p className="notice notice-problem">{sentenceOf(problem)}</p>}
      </td>
    </tr>
  );
}

function isInForce({ withdrawnAt, until }: Consent): boolean {
  return withdrawnAt === null && (until === null || Date.parse(until) > Date.now());
}
