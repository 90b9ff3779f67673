import { inWords } from '../local-time.ts';
import { Hidden } from '../readiness/marks.tsx';
import { providerWords } from '../readiness/words.ts';
import { toneOf, type ProviderDay, type Step, type Story, type Tone } from './tell.ts';

const STATES: Record<ProviderDay['tone'], { words: string; look: string }> = {
  good: { words: 'arrived', look: 'state-on' },
  note: { words: 'nothing to show', look: 'state-off' },
  nothing: { words: 'nothing came', look: 'state-off' },
  waiting: { words: 'on its way', look: 'state-waiting' },
  problem: { words: 'needs a look', look: 'state-problem' },
};

/** One provider's day: the answer in a sentence, then the way of each delivery. What went well stays folded. */
export function ProviderTrace({ day }: { day: ProviderDay }) {
  const { provider, tone, summary, connection, stories } = day;
  const name = provider === null ? 'No provider' : providerWords[provider];
  const { words, look } = STATES[tone];
  const id = `trace-${provider ?? 'none'}`;
  const isSaidBelow = tone === 'nothing' && connection.length > 0;
  return (
    <section className="card trace-provider" aria-labelledby={id} data-testid={id}>
      <header className="provider-head">
        <h3 id={id} className="trace-name">
          {name}
        </h3>
        <span className={`state ${look}`}>{words}</span>
      </header>
      {isSaidBelow ? null : <p>{summary}</p>}
      {connection.map((step) => (
        <ConnectionWords key={step.outcome} step={step} />
      ))}
      {stories.length > 0 && (
        <ol className="trace-stories">
          {stories.map((story) => (
            <li key={story.id}>
              <StoryDetails story={story} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function ConnectionWords({ step }: { step: Step }) {
  return (
    <p className={`notice ${toneOf(step) === 'problem' ? 'notice-problem' : ''}`}>
      {step.explanation}
      {step.at && (
        <span className="aside trace-when">
          {step.outcome === 'NOTHING_RECEIVED' ? 'Last delivery' : 'Since'} {inWords.moment(step.at)}
        </span>
      )}
    </p>
  );
}

const TONE_WORDS: Record<Tone, string> = { good: 'done', note: 'note', waiting: 'waiting', problem: 'problem' };

function StoryDetails({ story }: { story: Story }) {
  const first = story.steps.find(({ at }) => at !== null)?.at;
  return (
    <details className={`trace-story trace-${story.tone}`} open={story.tone !== 'good'}>
      <summary>
        <ToneMark tone={story.tone} />
        <span className="trace-title">{story.title}</span>
        {first && <time dateTime={first}>{inWords.moment(first)}</time>}
        <span className="trace-ending">{endingOf(story)}</span>
      </summary>
      <ol className="trace-steps">
        {story.steps.map((step, index) => (
          // A delivery's steps keep their order; two of them may say the same.
          <li key={index} className={`trace-step trace-${toneOf(step)}`}>
            <ToneMark tone={toneOf(step)} />
            <span>
              <Hidden>{TONE_WORDS[toneOf(step)]}: </Hidden>
              {step.explanation}
              {step.until && <span className="aside"> Next try {inWords.moment(step.until)}.</span>}
            </span>
            {step.at && <time dateTime={step.at}>{inWords.clock(new Date(step.at))}</time>}
          </li>
        ))}
      </ol>
    </details>
  );
}

function endingOf({ tone, steps }: Story): string {
  if (tone === 'problem') return 'did not get through';
  if (tone === 'waiting') return 'on its way';
  return steps.some(({ stage }) => stage === 'STORED') ? 'stored' : 'nothing to store';
}

/** A tick, a dot, an open ring, a triangle: told apart without colour. */
function ToneMark({ tone }: { tone: Tone }) {
  return (
    <svg className={`tone tone-${tone}`} viewBox="-8 -8 16 16" width="18" height="18" aria-hidden="true">
      {tone === 'good' && (
        <>
          <circle r="7" />
          <path d="M-3.2 0.2-1 2.6 3.4-2.4" />
        </>
      )}
      {tone === 'note' && <circle r="3" />}
      {tone === 'waiting' && <circle r="5.6" />}
      {tone === 'problem' && (
        <>
          <path className="ground" d="M0-6.4 7 5.8H-7z" />
          <path d="M0-2.4V1.4M0 3.6V3.7" />
        </>
      )}
    </svg>
  );
}
