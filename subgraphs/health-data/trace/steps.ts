import { PROVIDERS } from '#platform/signals';
import { connectionSteps, notConnected, shortened, unplaced } from './connection-steps.ts';
import type { DataTraceStep } from './graph-types.ts';
import { storiesOf, type Story, type Trace, type TracedDelivery, type TracedRows } from './stories.ts';
import { domainWord, ignoreWords, listed, nameOf, rejectWords, setAsideWords } from './words.ts';

/**
 * Why a day is or is not there, step by step: per provider how its link stands, then what came for the day, oldest
 * first, each on its way from the notification to the stored rows. Pure: rows in, sentences out.
 */
export function traceSteps(trace: Trace): DataTraceStep[] {
  const { certain, perhaps } = storiesOf(trace);
  const steps: DataTraceStep[] = [];
  for (const provider of PROVIDERS) {
    const connections = trace.connections.filter((connection) => connection.provider === provider);
    const rows = trace.rows.filter((row) => row.provider === provider);
    const about = certain.filter((story) => story.provider === provider);
    const isEmpty = about.length === 0 && rows.length === 0;
    const own = isEmpty ? perhaps.filter((story) => story.provider === provider) : about;
    const isUnplaced = isEmpty && own.length > 0;
    steps.push(...connectionSteps({ ...trace, provider, connections, isEmpty, isUnplaced }));
    if (isUnplaced) steps.push(unplaced(provider));
    if (own.some(isCut)) steps.push(shortened(provider));
    for (const story of own) steps.push(...storySteps(story, trace));
    steps.push(...rowsWithoutStory(rows, own));
  }
  return steps.length > 0 ? steps : [notConnected()];
}

const isCut = ({ notification, bodies }: Story): boolean =>
  [notification, ...bodies].some((delivery) => delivery?.isCut);

type Part = Pick<DataTraceStep, 'at' | 'stage' | 'outcome' | 'explanation'> & Partial<DataTraceStep>;

function storySteps(story: Story, trace: Trace): DataTraceStep[] {
  const { provider, notification, bodies } = story;
  const deliveryId = notification?.id ?? bodies[0]?.id ?? null;
  const domain = notification?.dataType ?? bodies[0]?.domain ?? null;
  const parts = [
    ...(notification ? notificationParts(story, notification) : bodies.flatMap(arrivalParts)),
    ...bodies.flatMap((body) => bodyParts(body, trace)),
  ];
  return parts.map((part) => ({ provider, deliveryId, domain, reason: null, repeats: null, until: null, ...part }));
}

function notificationParts(story: Story, notification: TracedDelivery): Part[] {
  const name = nameOf(notification.provider);
  const what = notification.dataType === null ? 'new data' : `new ${domainWord(notification.dataType)} data`;
  const repeats = notification.repeats + story.others;
  const isSigned = notification.provenance === 'signed';
  return [
    {
      at: notification.receivedAt,
      stage: 'SEEN',
      outcome: 'RECEIVED',
      repeats,
      explanation: `${name} told us that there is ${what}${repeats === 0 ? '' : `, ${timesWord(repeats + 1)} in all`}.`,
    },
    {
      at: notification.receivedAt,
      stage: 'VERIFIED',
      outcome: isSigned ? 'SIGNED' : 'HINT',
      explanation: isSigned
        ? `The message carried the signature of ${name}, and the signature was right.`
        : `${name} does not sign its messages, so nothing in it was believed: we asked ${name} ourselves.`,
    },
    fetchPart(notification),
  ];
}

function fetchPart(notification: TracedDelivery): Part {
  const { provider, fetchOutcome, fetchEndedAt, fetchAttempts, fetchRetryAt } = notification;
  const name = nameOf(provider);
  const data = notification.dataType === null ? 'this' : `your ${domainWord(notification.dataType)} data`;
  const triesWord = fetchAttempts === 1 ? 'one try' : `${fetchAttempts} tries`;
  const tries = fetchAttempts === 0 ? '' : `, after ${triesWord} without an answer`;
  const fetched = (outcome: Part['outcome'], explanation: string, reason: string | null = null): Part => {
    return { at: fetchEndedAt, stage: 'FETCHED', outcome, reason, explanation };
  };
  switch (fetchOutcome) {
    case 'fetched':
      return fetched('FETCHED', `We asked ${name} for ${data} and got an answer${tries}.`);
    case 'answered':
      return fetched('FETCHED', `We had asked ${name} a moment before; that answer holds it already.`, fetchOutcome);
    case 'deleted':
      return fetched('DELETED_AT_PROVIDER', `${name} says that the record is deleted, so we deleted it too.`);
    case 'ignored':
      return fetched('NOT_USED', `${name} spoke of a kind of data that we do not use. Nothing to do.`);
    case 'forbidden':
      return fetched(
        'MISSING_PERMISSION',
        `${name} did not let us read ${data}: the permission is missing, or the membership at ${name} has ended. Connect ${name} again and leave it ticked.`,
        'missing_scope',
      );
    case 'needs_reconnect':
      return fetched('NEEDS_RECONNECT', `${name} no longer lets us in. Connect ${name} again to carry on.`);
    case 'not_linked':
      return fetched('UNLINKED', `${name} was disconnected by then, so nothing was asked for.`);
    case null:
      break;
    default: {
      const reason = notification.letterReason ?? fetchOutcome;
      const asked = fetchAttempts === 0 ? '' : ` We had asked ${timesWord(fetchAttempts)} without an answer.`;
      const explanation = `${setAsideWords(reason, name)}${asked}`;
      return { at: notification.letterAt ?? fetchEndedAt, stage: 'REFUSED', outcome: 'SET_ASIDE', reason, explanation };
    }
  }
  if (fetchAttempts === 0) {
    return { at: null, stage: 'FETCHED', outcome: 'PENDING', explanation: `We are about to ask ${name} for ${data}.` };
  }
  return {
    at: null,
    stage: 'FETCHED',
    outcome: 'WAITING',
    reason: 'provider_unavailable',
    until: fetchRetryAt,
    explanation: `${name} does not answer at the moment: ${triesWord} so far. Nothing is lost: we keep asking by ourselves.`,
  };
}

/** A body that no notification stands before: of a history, or sent by the athlete's phone. */
function arrivalParts(body: TracedDelivery): Part[] {
  const name = nameOf(body.provider);
  const at = body.receivedAt;
  const data = `${domainWord(body.domain)} data`;
  if (body.provenance === 'fetched') {
    return [
      { at, stage: 'FETCHED', outcome: 'FETCHED', explanation: `We asked ${name} for these days and got ${data}.` },
    ];
  }
  const isUpload = body.provenance === 'uploaded';
  const explanation = isUpload ? `Your phone sent ${data} of ${name}.` : `${name} sent ${data}.`;
  const repeats = body.repeats;
  const seen: Part = { at, stage: 'SEEN', outcome: 'RECEIVED', repeats, explanation };
  if (isUpload) {
    return [
      seen,
      { at, stage: 'VERIFIED', outcome: 'UPLOADED', explanation: 'It came from an app you are signed in to.' },
    ];
  }
  const isSigned = body.provenance === 'signed';
  const words = isSigned
    ? 'The signature was right.'
    : `${name} does not sign what it sends; it came to an address that only ${name} knows.`;
  return [seen, { at, stage: 'VERIFIED', outcome: isSigned ? 'SIGNED' : 'HINT', explanation: words }];
}

function bodyParts(body: TracedDelivery, trace: Trace): Part[] {
  const name = nameOf(body.provider);
  const at = body.processedAt;
  const rows = trace.rows.filter(({ deliveryId }) => deliveryId === body.id);
  const rejected = body.rejected.map(({ reason, count, at: rejectedAt }): Part => ({
    at: rejectedAt,
    stage: 'REFUSED',
    outcome: body.outcome === 'refused' || body.outcome === null ? 'SET_ASIDE' : 'REJECTED',
    reason,
    explanation:
      body.outcome === 'refused' || body.outcome === null
        ? setAsideWords(reason, name)
        : `${count === 1 ? 'One item was' : `${count} items were`} not believed and left out: ${rejectWords(reason)}.`,
  }));
  const ignored = Object.entries(body.ignoredByReason ?? {}).map(([reason, count]): Part => ({
    at,
    stage: 'NORMALISED',
    outcome: 'IGNORED',
    reason,
    explanation: `${count === 1 ? 'One item holds' : `${count} items hold`} no measurement: ${ignoreWords(reason)}.`,
  }));
  return [...readParts(body, trace, rows), ...ignored, ...rejected, ...rows.map((row) => storedPart(row))];
}

function readParts(body: TracedDelivery, { date, now }: Trace, rows: readonly TracedRows[]): Part[] {
  const name = nameOf(body.provider);
  const read = (outcome: Part['outcome'], explanation: string): Part[] => {
    return [{ at: body.processedAt, stage: 'NORMALISED', outcome, explanation }];
  };
  switch (body.outcome) {
    case 'refused':
      return [];
    case 'archived':
      return read('NOT_USED', `We keep what ${name} sends and do not read it yet.`);
    case 'erased':
      return read('ERASED', `You had the data of ${name} deleted, so this was not taken.`);
    case 'nothing_to_store':
      return read('NOTHING_TO_STORE', `The answer of ${name} held no measurement.`);
    case null: {
      if (body.rejected.length > 0) return [];
      const ageMin = (now.getTime() - body.receivedAt.getTime()) / 60_000;
      return read(
        'PENDING',
        ageMin < 1 ? 'It is being read right now.' : 'It waits to be read; this happens by itself.',
      );
    }
    default:
      break;
  }
  const domains = Object.keys(body.rowsByDomain ?? {}).map(domainWord);
  const parts = read(domains.length > 0 ? 'READ' : 'DELETED_AT_PROVIDER', readWords(domains));
  const isSuperseded = rows.length === 0 && (body.days ?? []).includes(date);
  return isSuperseded
    ? [...parts, ...read('SUPERSEDED', 'Something newer about this day is stored already, so this changed nothing.')]
    : parts;
}

const readWords = (domains: readonly string[]): string =>
  domains.length > 0 ? `It was read: it held ${listed(domains)}.` : 'It said that a record is deleted.';

const storedPart = ({ domain, storedAt }: TracedRows): Part => ({
  at: storedAt,
  stage: 'STORED',
  outcome: 'STORED',
  domain,
  explanation: `Your ${domainWord(domain)} of this day ${domain === 'steps' || domain === 'vitals' || domain === 'fitness_session' ? 'are' : 'is'} stored.`,
});

/** Rows whose delivery is no longer on record: they are there all the same. */
function rowsWithoutStory(rows: readonly TracedRows[], stories: readonly Story[]): DataTraceStep[] {
  const told = new Set(stories.flatMap(({ bodies }) => bodies.map(({ id }) => id)));
  return rows
    .filter(({ deliveryId }) => !told.has(deliveryId))
    .map((row) => ({
      provider: row.provider,
      deliveryId: row.deliveryId,
      reason: null,
      repeats: null,
      until: null,
      domain: null,
      ...storedPart(row),
    }));
}

const timesWord = (times: number): string => ['never', 'once', 'twice'][times] ?? `${times} times`;
