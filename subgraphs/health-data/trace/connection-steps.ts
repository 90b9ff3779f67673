import type { LocalDate, Provider } from '#platform/signals';
import type { DataTraceStep } from './graph-types.ts';
import type { TracedConnection } from './stories.ts';
import { nameOf } from './words.ts';

const stepOf = (part: Partial<DataTraceStep> & Pick<DataTraceStep, 'outcome' | 'explanation'>): DataTraceStep => ({
  at: null,
  provider: null,
  stage: 'CONNECTION',
  reason: null,
  deliveryId: null,
  domain: null,
  repeats: null,
  until: null,
  ...part,
});

export const notConnected = (): DataTraceStep =>
  stepOf({
    outcome: 'NOT_CONNECTED',
    explanation: 'No provider is connected, so nothing can come. Connect the one whose device you wear.',
  });

/** Said instead of "nothing came", ahead of what may be it. */
export const unplaced = (provider: Provider): DataTraceStep =>
  stepOf({
    provider,
    outcome: 'UNPLACED',
    explanation: `Nothing from ${nameOf(provider)} says that it is about this day. Around it and in the week after something came that could not be read; it may be about this day.`,
  });

/** More came than is told. */
export const shortened = (provider: Provider): DataTraceStep =>
  stepOf({
    provider,
    outcome: 'SHORTENED',
    explanation: `${nameOf(provider)} sent more around this day than is told here: only the newest deliveries, and what is stored of this day.`,
  });

/** How the link to one provider stands, as far as it explains the day. `isEmpty`: nothing came for the day; `isUnplaced`: or may have. */
export function connectionSteps(options: {
  provider: Provider;
  connections: readonly TracedConnection[];
  date: LocalDate;
  today: LocalDate;
  isEmpty: boolean;
  isUnplaced: boolean;
}): DataTraceStep[] {
  const { provider, connections, date, today, isEmpty, isUnplaced } = options;
  const link = connections.find(({ state }) => state !== 'REVOKED') ?? newestOf(connections);
  if (!link) return [];
  const name = nameOf(provider);
  const step = (part: Partial<DataTraceStep> & Pick<DataTraceStep, 'outcome' | 'explanation'>): DataTraceStep =>
    stepOf({ provider, ...part });
  if (link.state === 'REVOKED' && link.erasedAt !== null) {
    const explanation = `You disconnected ${name} and had deleted what it had sent. Connect it again if you want it back.`;
    return isEmpty ? [step({ at: link.erasedAt, outcome: 'ERASED', explanation })] : [];
  }
  if (link.state === 'REVOKED') {
    const explanation = `${name} is disconnected, so nothing new comes from it. Connect it again if you still wear it.`;
    return isEmpty ? [step({ at: link.endedAt, outcome: 'UNLINKED', explanation })] : [];
  }
  const steps: DataTraceStep[] = [];
  if (link.state === 'NEEDS_RECONNECT') {
    const explanation = `${name} stopped letting us in, so nothing can be fetched. Connect ${name} again: what is missing is then loaded.`;
    steps.push(step({ at: link.needsReconnectAt, outcome: 'NEEDS_RECONNECT', explanation }));
  }
  if (link.loadingFrom !== null && link.loadingTo !== null && link.loadingFrom <= date && date <= link.loadingTo) {
    const explanation = `The days around this one are being loaded from ${name} right now.`;
    steps.push(step({ outcome: 'LOADING_HISTORY', explanation, until: link.loadingRetryAt }));
  }
  if (isEmpty && !isUnplaced && steps.length === 0) {
    const { reason, explanation } = nothingReceived({ name, date, today, hasDelivered: link.lastDeliveryAt !== null });
    steps.push(step({ at: link.lastDeliveryAt, outcome: 'NOTHING_RECEIVED', reason, explanation }));
  }
  return steps;
}

function nothingReceived(options: { name: string; date: LocalDate; today: LocalDate; hasDelivered: boolean }): {
  reason: string;
  explanation: string;
} {
  const { name, date, today, hasDelivered } = options;
  if (date > today) return { reason: 'day_to_come', explanation: 'This day has not come yet.' };
  if (!hasDelivered) {
    const explanation = `${name} is connected and has not sent anything yet. Open the ${name} app, so that it takes over what the device recorded.`;
    return { reason: 'nothing_yet', explanation };
  }
  const since = `Nothing about this day has come from ${name}.`;
  const advice =
    date === today
      ? `Open the ${name} app, so that it takes over what the device recorded; it usually arrives within minutes.`
      : `Look whether the ${name} app has this day. If it does, load the last days again under Connections; if not, the device did not record it.`;
  return { reason: date === today ? 'not_yet' : 'not_sent', explanation: `${since} ${advice}` };
}

const newestOf = (links: readonly TracedConnection[]): TracedConnection | undefined =>
  links.toSorted((a, b) => b.linkedAt.getTime() - a.linkedAt.getTime())[0];
