import { type CombinedError, useMutation, useQuery } from 'urql';
import { useState } from 'react';
import { sentenceOf } from '../client.ts';
import {
  ClearPrimarySourceDocument,
  type Provider,
  SetPrimarySourceDocument,
  type Signal,
  type SignalSourcesViewFragment,
  SourcesDocument,
} from '../graphql/graphql.ts';
import { inWords } from '../local-time.ts';
import { capitalised, providerWords, signalWord } from '../readiness/words.ts';

const STREAM_WORDS =
  'Values of two devices never mix. A new source needs 7 nights before it counts; the other stays in use until then if it still delivers.';

/** What a choice means, and what happens to the others. */
const MEANING: Partial<Record<Signal, string>> = {
  HRV: STREAM_WORDS,
  RESTING_HEART_RATE: STREAM_WORDS,
  SLEEP: 'A night that the first source missed is filled from the others. Automatic takes the most complete night.',
  STEPS: 'Steps of phone and watch are never added up. A day that the first source missed is filled from the others.',
  TRAINING: 'A session that several saw counts once. What only another source saw still counts.',
  VITALS: 'The summary of a day shows the first source; the others stay in the charts.',
};

/** The training page speaks of load; what providers bring are sessions. */
const nameOf = (signal: Signal): string => (signal === 'TRAINING' ? 'Workouts' : capitalised(signalWord(signal)));

/** Signals that more than one provider measures, and which of them counts first. Nothing where there is no choice. */
export function SourceChoices() {
  const [{ data }] = useQuery({ query: SourcesDocument, requestPolicy: 'cache-and-network' });
  const contested = (data?.viewer.athlete?.sources ?? []).filter(({ providers }) => providers.length > 1);
  if (contested.length === 0) return null;
  return (
    <section className="sources" aria-labelledby="which-counts" data-testid="source-choices">
      <header>
        <h2 id="which-counts">Which source counts</h2>
        <p className="aside">More than one of yours measures these. Whatever you choose, nothing is deleted.</p>
      </header>
      <div className="card sources-list">
        {contested.map((sources) => (
          <SourceChoice key={sources.signal} sources={sources} />
        ))}
      </div>
    </section>
  );
}

function SourceChoice({ sources }: { sources: SignalSourcesViewFragment }) {
  const { signal, primary, providers } = sources;
  const [setting, set] = useMutation(SetPrimarySourceDocument);
  const [clearing, clear] = useMutation(ClearPrimarySourceDocument);
  const [problem, setProblem] = useState<CombinedError | undefined>();
  const choose = async (provider: Provider | null) => {
    const { error } = provider === null ? await clear({ signal }) : await set({ signal, provider });
    setProblem(error);
  };
  const isBusy = setting.fetching || clearing.fetching;
  const option = (provider: Provider | null, name: string, detail: string) => (
    <label className="source-option" key={name}>
      <input
        type="radio"
        name={`source-${signal}`}
        checked={primary === provider}
        disabled={isBusy}
        onChange={() => void choose(provider)}
      />
      <span>
        <b>{name}</b>
        <span className="aside">{detail}</span>
      </span>
    </label>
  );
  return (
    <fieldset className="source-choice" data-testid={`source-${signal}`} aria-describedby={`source-words-${signal}`}>
      <legend>{nameOf(signal)}</legend>
      <div className="source-options">
        {option(null, 'Automatic', AUTOMATIC[signal] ?? 'the most complete')}
        {providers.map(({ provider, dayCount, newestDay, device }) =>
          option(provider, providerWords[provider], detailOf({ signal, dayCount, newestDay, device })),
        )}
      </div>
      <p className="aside" id={`source-words-${signal}`}>
        {MEANING[signal]}
      </p>
      {problem && (
        <p className="notice notice-problem" role="alert">
          {sentenceOf(problem)}
        </p>
      )}
    </fieldset>
  );
}

const AUTOMATIC: Partial<Record<Signal, string>> = {
  HRV: 'the one with most nights',
  RESTING_HEART_RATE: 'the one with most nights',
  STEPS: 'the one with most steps',
};

const NIGHTLY: ReadonlySet<Signal> = new Set(['HRV', 'RESTING_HEART_RATE', 'SLEEP']);

/** "41 nights, last 20 Nov · Ring 4". */
function detailOf(parts: { signal: Signal; dayCount: number; newestDay: string; device: string | null }): string {
  const { signal, dayCount, newestDay, device } = parts;
  const unit = NIGHTLY.has(signal) ? 'night' : 'day';
  const count = `${dayCount} ${unit}${dayCount === 1 ? '' : 's'}, last ${inWords.dayMonth(newestDay)}`;
  return device === null ? count : `${count} · ${device}`;
}
