import { useEffect, useRef } from 'react';
import { useMutation, useQuery } from 'urql';
import { inBackground, sentenceOf } from '../client.ts';
import {
  AnswerNudgeDocument,
  OwnSleepDebtDocument,
  ResumeNudgesDocument,
  type OwnSleepDebtQuery,
  type SleepDebtTrend,
  type SleepNudgeAnswer,
  type SleepNudgeKind,
} from '../graphql/graphql.ts';
import { hoursMinutes } from '../local-time.ts';

type Debt = NonNullable<NonNullable<OwnSleepDebtQuery['athlete']>['sleepDebt']>;
type Nudge = NonNullable<Debt['nudge']>;

const trendWords: Record<SleepDebtTrend, string> = {
  RISING: 'more than a week ago',
  STEADY: 'about as a week ago',
  FALLING: 'less than a week ago',
};

const nudgeWords: Record<SleepNudgeKind, string> = {
  FIFTEEN_MINUTES: 'Going to bed 15 to 20 minutes earlier tonight would begin to pay it back.',
  HALF_HOUR: 'Half an hour earlier to bed for four nights would take much of it away.',
  THREE_QUARTERS:
    'Three quarters of an hour to an hour earlier tonight would help, or a nap of 20 to 30 minutes before 15:00.',
};

/** What the athlete owes their sleep, tonight's bedtime, and at most one suggestion. `version`: asks anew when it moves. */
export function SleepDebt({ athleteId, version }: { athleteId: string; version: string }) {
  const [{ data, error }, ask] = useQuery({
    query: OwnSleepDebtDocument,
    variables: { id: athleteId },
    requestPolicy: 'cache-and-network',
  });
  const seen = useRef(version);
  useEffect(() => {
    if (seen.current !== version) ask(inBackground);
    seen.current = version;
  }, [version, ask]);
  const debt = data?.athlete?.sleepDebt;
  if (!debt) return error ? <p className="notice notice-problem">{sentenceOf(error)}</p> : null;
  const refresh = () => ask(inBackground);
  return (
    <section className="card sleep-debt" aria-labelledby="sleep-debt">
      <div>
        <h2 id="sleep-debt">Sleep debt</h2>
        {debt.debtMin === null ? (
          <p className="today-words">{countWords(debt.nightsCounted ?? 0)}</p>
        ) : (
          <p className="debt-value">
            <strong>{hoursMinutes(debt.debtMin)}</strong> <span>h over two weeks</span>
            {debt.trend && <span className={`trend trend-${debt.trend.toLowerCase()}`}>{trendWords[debt.trend]}</span>}
          </p>
        )}
      </div>
      {debt.bedtime && <BedtimeWords bedtime={debt.bedtime} needMin={debt.needMin} />}
      {debt.nudge && <NudgeCard key={debt.nudge.id} nudge={debt.nudge} onAnswered={refresh} />}
      {debt.nudgesStopped === true && !debt.nudge && <Resume onResumed={refresh} />}
    </section>
  );
}

function countWords(nights: number): string {
  const known = nights === 1 ? 'one is known' : `${nights} are known`;
  return `It is told from seven nights on. Of the last fourteen, ${known}.`;
}

function BedtimeWords({ bedtime, needMin }: { bedtime: NonNullable<Debt['bedtime']>; needMin: number | null }) {
  const { at, usualWakeAt, usualLatencyMin, catchUpMin } = bedtime;
  const parts = [
    needMin !== null && `your need of ${hoursMinutes(needMin)}`,
    usualLatencyMin > 0 && `${usualLatencyMin} min to fall asleep`,
    catchUpMin > 0 && `${catchUpMin} min of the debt`,
  ].filter((words) => words !== false);
  return (
    <p className="bedtime">
      <span>
        To bed tonight at <strong>{at}</strong>
      </span>
      <small>
        Waking at {usualWakeAt}, as you usually do, less {parts.join(', ')}.
      </small>
    </p>
  );
}

function NudgeCard({ nudge, onAnswered }: { nudge: Nudge; onAnswered: () => void }) {
  const [answer, say] = useMutation(AnswerNudgeDocument);
  const given = answer.data?.answerNudge.answer ?? nudge.answer;
  const reply = (word: SleepNudgeAnswer) =>
    void say({ id: nudge.id, answer: word }).then(({ error }) => !error && onAnswered());
  if (given === 'NOT_NOW') return null;
  return (
    <div className="nudge">
      <p>{nudgeWords[nudge.kind]}</p>
      <div role="status">{given === 'WILL_TRY' && <p className="nudge-given">You said you will try.</p>}</div>
      {given === null && (
        <div className="nudge-answers">
          <button type="button" className="button" disabled={answer.fetching} onClick={() => reply('WILL_TRY')}>
            I will try
          </button>
          <button type="button" className="button" disabled={answer.fetching} onClick={() => reply('NOT_NOW')}>
            Not now
          </button>
        </div>
      )}
      {answer.error && <p className="notice notice-problem">{sentenceOf(answer.error)}</p>}
    </div>
  );
}

function Resume({ onResumed }: { onResumed: () => void }) {
  const [answer, resume] = useMutation(ResumeNudgesDocument);
  return (
    <p className="foot-note">
      Suggestions rest, since the last two were left unanswered.{' '}
      <button
        type="button"
        className="button-link"
        disabled={answer.fetching}
        onClick={() => void resume({}).then(({ error }) => !error && onResumed())}
      >
        Show them again
      </button>
      {answer.error && <span className="notice notice-problem">{sentenceOf(answer.error)}</span>}
    </p>
  );
}
