import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { sentenceOf } from '../client.ts';
import { CheckInDocument, type CheckInAnswersFragment, RecordCheckInDocument } from '../graphql/graphql.ts';
import { addresses } from '../route.ts';
import { Steps } from './steps.tsx';
import { AMOUNTS, FEELINGS, MOODS, WHEN_APART } from './words.ts';

type Answers = Omit<CheckInAnswersFragment, 'date' | 'state'>;

/** How the athlete feels today: beside the score, never mixed into it. */
export function CheckInCard({ athleteId, date, hasScore }: { athleteId: string; date: string; hasScore: boolean }) {
  const [{ data, error }] = useQuery({ query: CheckInDocument, variables: { id: athleteId, date } });
  const saved = data?.athlete?.checkIn;
  return (
    <section className="card check-in" aria-labelledby="check-in">
      <h2 id="check-in">How do you feel?</h2>
      {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
      {saved && <CheckInForm date={date} saved={saved} hasScore={hasScore} />}
    </section>
  );
}

function CheckInForm({ date, saved, hasScore }: { date: string; saved: Answers; hasScore: boolean }) {
  const [edits, setEdits] = useState<Partial<Answers>>({});
  const [{ fetching, error }, record] = useMutation(RecordCheckInDocument);
  const answers: Answers = {
    soreness: saved.soreness,
    stress: saved.stress,
    mood: saved.mood,
    feel: saved.feel,
    ...edits,
  };
  const isChanged = FIELDS.some((field) => answers[field] !== saved[field]);
  const isSaved = !isChanged && FIELDS.some((field) => saved[field] !== null);
  const choose = (edit: Partial<Answers>) => setEdits((before) => ({ ...before, ...edit }));
  const apart = hasScore && answers.feel !== null ? WHEN_APART[answers.feel] : undefined;
  return (
    <form
      className="check-in-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged && !fetching) void record({ input: { date, ...answers } });
      }}
    >
      {hasScore && (
        <Steps
          question="Against the score"
          answers={FEELINGS}
          chosen={answers.feel}
          onChoose={(feel) => choose({ feel })}
        />
      )}
      <Steps
        question="Muscle soreness"
        answers={AMOUNTS}
        chosen={answers.soreness}
        onChoose={(soreness) => choose({ soreness })}
      />
      <Steps question="Stress" answers={AMOUNTS} chosen={answers.stress} onChoose={(stress) => choose({ stress })} />
      <Steps question="Mood" answers={MOODS} chosen={answers.mood} onChoose={(mood) => choose({ mood })} />
      {apart && <p className="check-in-apart">{apart}</p>}
      <div className="check-in-end">
        <button type="submit" className="button button-main" disabled={!isChanged || fetching}>
          {isSaved ? 'Saved' : 'Save'}
        </button>
        <p className="aside" role="status">
          {error
            ? sentenceOf(error)
            : isSaved
              ? 'Saved for today. You may change it at any time.'
              : 'Answer what you like.'}
        </p>
        <p className="aside check-in-who">
          It changes no score. Coaches see it where you <a href={addresses.consent}>share your check-in</a>
          {hasScore && '; how you feel against the score stays yours'}.
        </p>
      </div>
    </form>
  );
}

const FIELDS = ['soreness', 'stress', 'mood', 'feel'] as const;
