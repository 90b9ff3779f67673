import type { DataTraceOutcome, DataTraceQuery, Provider } from '../graphql/graphql.ts';
import { capitalised, listed } from '../readiness/words.ts';

export type Step = NonNullable<NonNullable<DataTraceQuery['viewer']['athlete']>['dataTrace']>[number];

/** How a step looks. `note`: neither good nor bad, just so. */
export type Tone = 'good' | 'note' | 'waiting' | 'problem';

/** One delivery's way, from the first word of the provider to the stored rows. */
export interface Story {
  readonly id: string;
  readonly title: string;
  readonly tone: Tone;
  readonly steps: readonly Step[];
}

/** All that one provider has to do with the day; `null`: no provider is connected. */
export interface ProviderDay {
  readonly provider: Provider | null;
  readonly tone: Tone | 'nothing';
  /** One sentence that answers the question. */
  readonly summary: string;
  /** How the connection stands, where that explains something. */
  readonly connection: readonly Step[];
  readonly stories: readonly Story[];
}

const TONES: Partial<Record<DataTraceOutcome, Tone>> = {
  RECEIVED: 'good',
  SIGNED: 'good',
  UPLOADED: 'good',
  FETCHED: 'good',
  READ: 'good',
  STORED: 'good',
  PENDING: 'waiting',
  WAITING: 'waiting',
  LOADING_HISTORY: 'waiting',
  NOT_CONNECTED: 'problem',
  NEEDS_RECONNECT: 'problem',
  MISSING_PERMISSION: 'problem',
  REJECTED: 'problem',
  SET_ASIDE: 'problem',
};

export const toneOf = ({ outcome }: Pick<Step, 'outcome'>): Tone => TONES[outcome] ?? 'note';

/** What was stored of a delivery is one step to a reader, whatever the number of signals. */
function withStoredAsOne(steps: readonly Step[]): Step[] {
  const stored = steps.filter(({ stage }) => stage === 'STORED');
  const [first] = stored;
  if (first === undefined || stored.length === 1) return [...steps];
  const words = listed(stored.flatMap(({ domain }) => (domain ? [domainWord(domain)] : [])));
  const one = { ...first, explanation: `Your ${words} of this day are stored.` };
  return [...steps.filter(({ stage }) => stage !== 'STORED'), one];
}

/** The steps by provider and delivery, in the order they came in. */
export function tell(steps: readonly Step[]): ProviderDay[] {
  return [...Map.groupBy(steps, ({ provider }) => provider)].map(([provider, own]) => {
    const connection = own.filter(({ stage }) => stage === 'CONNECTION');
    const told = Map.groupBy(
      own.filter(({ stage }) => stage !== 'CONNECTION'),
      ({ deliveryId }) => deliveryId,
    );
    const stories = [...told].map(([id, story]) => storyOf(id ?? 'none', story));
    return { provider, connection, stories, ...verdictOf({ connection, stories, steps: own }) };
  });
}

function storyOf(id: string, steps: readonly Step[]): Story {
  const domain = steps.find((step) => step.stage !== 'STORED' && step.domain !== null)?.domain ?? steps[0]?.domain;
  const title = domain ? domainTitle(domain) : 'Something new';
  return { id, title, tone: worstOf(steps.map(toneOf)), steps: withStoredAsOne(steps) };
}

const DOMAIN_WORDS: Record<string, string> = {
  hrv: 'HRV',
  heart_rate: 'heart rate',
  heartrate: 'heart rate',
  resting_heart_rate: 'resting heart rate',
  fitness_session: 'workouts',
  daily_spo2: 'blood oxygen',
};
const domainWord = (domain: string): string => DOMAIN_WORDS[domain] ?? domain.replaceAll('_', ' ');
const domainTitle = (domain: string): string => capitalised(domainWord(domain));

/** A story that went well but for a remark went well. */
function worstOf(tones: readonly Tone[]): Tone {
  for (const tone of ['problem', 'waiting', 'good'] as const) if (tones.includes(tone)) return tone;
  return 'note';
}

function verdictOf(day: {
  connection: readonly Step[];
  stories: readonly Story[];
  steps: readonly Step[];
}): Pick<ProviderDay, 'tone' | 'summary'> {
  const stored = day.steps.flatMap(({ stage, domain }) => (stage === 'STORED' && domain ? [domainWord(domain)] : []));
  const there = stored.length === 0 ? '' : `Here for this day: ${listed([...new Set(stored)])}.`;
  const tone = worstOf([...day.connection.map(toneOf), ...day.stories.map((story) => story.tone)]);
  if (tone === 'problem') return { tone, summary: join(there, 'Something did not get through; see below.') };
  if (tone === 'waiting') return { tone, summary: join(there, 'More is on its way.') };
  if (there !== '') return { tone: 'good', summary: there };
  if (day.stories.length > 0) return { tone: 'note', summary: 'Something came, and it held nothing for this day.' };
  return { tone: 'nothing', summary: 'Nothing has come for this day.' };
}

const join = (...sentences: string[]): string => sentences.filter((sentence) => sentence !== '').join(' ');
