import { traceSteps } from './steps.ts';
import type { Trace, TracedConnection, TracedDelivery, TracedRows } from './stories.ts';

const DAY = '2026-11-19';
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 19, 6, minute));

const connection = (part: Partial<TracedConnection> = {}): TracedConnection => ({
  provider: 'OURA',
  state: 'ACTIVE',
  needsReconnectAt: null,
  linkedAt: new Date('2026-10-01T08:00:00Z'),
  endedAt: null,
  lastDeliveryAt: at(0),
  loadingFrom: null,
  loadingTo: null,
  loadingRetryAt: null,
  erasedAt: null,
  ...part,
});

const delivery = (part: Partial<TracedDelivery>): TracedDelivery => ({
  id: 'n1',
  provider: 'OURA',
  domain: 'notification',
  isNotification: true,
  receivedAt: at(1),
  provenance: 'signed',
  causeId: null,
  repeats: 0,
  fetchOutcome: null,
  fetchEndedAt: null,
  dataType: null,
  answeredBy: null,
  fetchAttempts: 0,
  fetchRetryAt: null,
  letterReason: null,
  letterAt: null,
  outcome: null,
  processedAt: null,
  days: null,
  rowsByDomain: null,
  ignoredByReason: null,
  rejected: [],
  isCut: false,
  ...part,
});
const notified = (part: Partial<TracedDelivery> = {}) =>
  delivery({ fetchOutcome: 'fetched', fetchEndedAt: at(2), dataType: 'sleep', answeredBy: part.id ?? 'n1', ...part });
const body = (part: Partial<TracedDelivery> = {}) =>
  delivery({
    id: 'b1',
    domain: 'sleep',
    isNotification: false,
    provenance: 'fetched',
    receivedAt: at(2),
    causeId: 'n1',
    outcome: 'stored',
    processedAt: at(3),
    days: [DAY],
    rowsByDomain: { sleep: 1, hrv: 1 },
    ignoredByReason: {},
    ...part,
  });
const row = (domain: string): TracedRows => ({ provider: 'OURA', domain, deliveryId: 'b1', storedAt: at(3) });

const trace = (part: Partial<Trace> = {}) =>
  traceSteps({
    ...{ date: DAY, now: at(30), today: DAY, windowEndsAt: new Date('2026-11-21T00:00:00Z') },
    ...{ connections: [connection()], deliveries: [], rows: [] },
    ...part,
  });
const short = (part: Partial<Trace>): string[] => trace(part).map(({ stage, outcome }) => `${stage} ${outcome}`);

describe('the trace of a day', () => {
  it('tells the whole way of a night: seen, verified, fetched, read, stored', () => {
    const steps = trace({ deliveries: [notified({ repeats: 2 }), body()], rows: [row('sleep'), row('hrv')] });
    expect(steps.map(({ stage, outcome, at: when }) => [stage, outcome, when])).toEqual([
      ['SEEN', 'RECEIVED', at(1)],
      ['VERIFIED', 'SIGNED', at(1)],
      ['FETCHED', 'FETCHED', at(2)],
      ['NORMALISED', 'READ', at(3)],
      ['STORED', 'STORED', at(3)],
      ['STORED', 'STORED', at(3)],
    ]);
    expect(steps[0]).toMatchObject({ provider: 'OURA', deliveryId: 'n1', domain: 'sleep', repeats: 2 });
    expect(steps[0]?.explanation).toBe('Oura told us that there is new sleep data, 3 times in all.');
    expect(new Set(steps.map(({ deliveryId }) => deliveryId))).toEqual(new Set(['n1']));
  });

  it('says that nobody is connected, and names no provider', () =>
    expect(trace({ connections: [] })).toEqual([
      expect.objectContaining({ provider: null, outcome: 'NOT_CONNECTED', at: null }),
    ]));

  it.each<[string, Partial<TracedConnection>, string, string | null]>([
    ['has sent nothing for today', {}, 'NOTHING_RECEIVED', 'not_yet'],
    ['has never sent anything', { lastDeliveryAt: null }, 'NOTHING_RECEIVED', 'nothing_yet'],
    ['lets us in no more', { state: 'NEEDS_RECONNECT', needsReconnectAt: at(-90) }, 'NEEDS_RECONNECT', null],
    ['is disconnected', { state: 'REVOKED', endedAt: at(-90) }, 'UNLINKED', null],
    ['had its data deleted', { state: 'REVOKED', endedAt: at(-90), erasedAt: at(-90) }, 'ERASED', null],
    ['loads the history', { loadingFrom: '2026-11-01', loadingTo: DAY }, 'LOADING_HISTORY', null],
  ])('says of a provider that it %s', (_words, part, outcome, reason) =>
    expect(trace({ connections: [connection(part)] })).toEqual([
      expect.objectContaining({ provider: 'OURA', stage: 'CONNECTION', outcome, reason }),
    ]),
  );

  it('leaves a disconnected provider out when the day is there, and speaks of the link that holds now', () => {
    const ended = connection({ state: 'REVOKED', endedAt: at(-90) });
    expect(short({ connections: [ended], deliveries: [body({ causeId: null })], rows: [row('sleep')] })[0]).toBe(
      'FETCHED FETCHED',
    );
    expect(short({ connections: [ended, connection({ linkedAt: at(-30) })] })).toEqual(['CONNECTION NOTHING_RECEIVED']);
  });

  it.each<[string, Partial<TracedDelivery>, string, string | null]>([
    ['a missing permission', { fetchOutcome: 'forbidden' }, 'FETCHED MISSING_PERMISSION', 'missing_scope'],
    ['a deletion', { fetchOutcome: 'deleted' }, 'FETCHED DELETED_AT_PROVIDER', null],
    ['a lost link', { fetchOutcome: 'needs_reconnect' }, 'FETCHED NEEDS_RECONNECT', null],
    ['an ended link', { fetchOutcome: 'not_linked' }, 'FETCHED UNLINKED', null],
    ['a kind we do not use', { fetchOutcome: 'ignored' }, 'FETCHED NOT_USED', null],
    ['a fetch that has not begun', { fetchOutcome: null }, 'FETCHED PENDING', null],
    [
      'a provider that is away',
      { fetchOutcome: null, fetchAttempts: 3, fetchRetryAt: at(40) },
      'FETCHED WAITING',
      'provider_unavailable',
    ],
    [
      'a dead letter',
      { fetchOutcome: 'dead_letter', letterReason: 'refused_by_provider', letterAt: at(4) },
      'REFUSED SET_ASIDE',
      'refused_by_provider',
    ],
  ])('tells of %s', (_words, part, ending, reason) => {
    const last = trace({ deliveries: [notified(part)] }).at(-1);
    expect([`${last?.stage} ${last?.outcome}`, last?.reason]).toEqual([ending, reason]);
    expect(last?.until).toEqual(part.fetchRetryAt ?? null);
  });

  it.each<[string, Partial<TracedDelivery>, string[]]>([
    ['no measurement', { outcome: 'nothing_to_store', days: [], rowsByDomain: {} }, ['NORMALISED NOTHING_TO_STORE']],
    ['what is still to be read', { outcome: null, days: null, rowsByDomain: null }, ['NORMALISED PENDING']],
    ['what a newer one replaced', {}, ['NORMALISED READ', 'NORMALISED SUPERSEDED']],
    ['what is kept unread', { outcome: 'archived', days: null, rowsByDomain: null }, ['NORMALISED NOT_USED']],
    [
      'an item that is no measurement',
      { outcome: 'nothing_to_store', days: [], rowsByDomain: {}, ignoredByReason: { not_sleep: 2 } },
      ['NORMALISED NOTHING_TO_STORE', 'NORMALISED IGNORED'],
    ],
    [
      'an item that is not believed',
      { outcome: 'nothing_to_store', days: [], rejected: [{ reason: 'implausible_value', count: 1, at: at(3) }] },
      ['NORMALISED NOTHING_TO_STORE', 'REFUSED REJECTED'],
    ],
    [
      'a body that could not be opened',
      { outcome: 'refused', days: null, rejected: [{ reason: 'unopenable', count: 1, at: at(3) }] },
      ['REFUSED SET_ASIDE'],
    ],
  ])('tells of a body with %s', (_words, part, endings) =>
    expect(short({ deliveries: [notified(), body(part)] }).slice(3)).toEqual(endings),
  );

  it('says how an unsigned hint and a phone’s upload were verified', () => {
    expect(short({ deliveries: [notified({ provenance: 'unsigned' })] })[1]).toBe('VERIFIED HINT');
    const upload = body({ provider: 'APPLE_HEALTH', causeId: null, provenance: 'uploaded' });
    expect(short({ connections: [], deliveries: [upload] }).slice(0, 2)).toEqual([
      'SEEN RECEIVED',
      'VERIFIED UPLOADED',
    ]);
  });

  it('leaves out what came on this day about other days, and pages of a history that held nothing', () => {
    const other = [notified({ id: 'n2' }), body({ id: 'b2', causeId: 'n2', days: ['2026-11-18'] })];
    const page = body({ id: 'b3', causeId: 'job', outcome: 'nothing_to_store', days: [], rowsByDomain: {} });
    expect(short({ deliveries: [...other, page] })).toEqual(['CONNECTION NOTHING_RECEIVED']);
  });

  const late = new Date('2026-11-22T07:00:00Z');
  const letter = [{ reason: 'implausible_value', count: 1, at: late }];

  it.each<[string, TracedDelivery[], string[]]>([
    [
      'was left out of what came',
      [body({ causeId: 'job', receivedAt: late, days: ['2026-11-21'], rejected: letter })],
      ['FETCHED FETCHED', 'NORMALISED READ', 'REFUSED REJECTED'],
    ],
    [
      'could not be fetched',
      [notified({ receivedAt: late, fetchOutcome: 'dead_letter' })],
      ['SEEN RECEIVED', 'VERIFIED SIGNED', 'REFUSED SET_ASIDE'],
    ],
    [
      'waits',
      [notified({ receivedAt: late, fetchOutcome: null, fetchAttempts: 1 })],
      ['SEEN RECEIVED', 'VERIFIED SIGNED', 'FETCHED WAITING'],
    ],
  ])('does not say that nothing came where something later %s', (_words, deliveries, endings) => {
    expect(short({ deliveries })).toEqual(['CONNECTION UNPLACED', ...endings]);
    // A day that something is known of is not told of what may be about it.
    expect(short({ deliveries, rows: [row('sleep')] }).slice(0, 1)).not.toEqual(['CONNECTION UNPLACED']);
    expect(short({ deliveries: [...deliveries, body({ id: 'b9', causeId: 'job' })] })).toEqual([
      'FETCHED FETCHED',
      'NORMALISED READ',
      'NORMALISED SUPERSEDED',
    ]);
  });

  it('says of a link that has ended that it has, also where something may have come', () =>
    expect(
      short({
        connections: [connection({ state: 'REVOKED', endedAt: at(-90) })],
        deliveries: [notified({ receivedAt: late, fetchOutcome: 'dead_letter' })],
      }).slice(0, 2),
    ).toEqual(['CONNECTION UNLINKED', 'CONNECTION UNPLACED']));

  it('says that it tells the newest only', () => {
    const cut = trace({ deliveries: [notified({ isCut: true }), body({ isCut: true })], rows: [row('sleep')] });
    expect(cut[0]).toMatchObject({ provider: 'OURA', stage: 'CONNECTION', outcome: 'SHORTENED', deliveryId: null });
    expect(cut.filter(({ outcome }) => outcome === 'SHORTENED')).toHaveLength(1);
  });

  it.each<[string, Partial<TracedDelivery>, RegExp]>([
    ['with the answer', {}, /got an answer, after 3 tries without an answer\.$/],
    ['while it waits', { fetchOutcome: null }, /does not answer at the moment: 3 tries so far\./],
    ['of what was set aside', { fetchOutcome: 'dead_letter' }, /We had asked 3 times without an answer\.$/],
  ])('tells how often it was tried, %s', (_words, part, words) => {
    expect(trace({ deliveries: [notified({ ...part, fetchAttempts: 3 })] }).at(-1)?.explanation).toMatch(words);
    const [untried] = trace({ deliveries: [notified(part)] }).slice(-1);
    expect(untried?.explanation).not.toMatch(/tries|without an answer/);
  });

  it('tells notifications that one fetch answered as one', () => {
    const deliveries = [
      notified({ id: 'n0', receivedAt: at(0), answeredBy: 'n1' }),
      notified(),
      notified({ id: 'n3', fetchOutcome: 'answered' }),
      body(),
    ];
    const seen = trace({ deliveries, rows: [row('sleep')] }).filter(({ stage }) => stage === 'SEEN');
    expect(seen.map(({ deliveryId, repeats }) => [deliveryId, repeats])).toEqual([['n1', 2]]);
  });

  it('shows rows whose delivery is no longer on record', () =>
    expect(short({ rows: [row('sleep')] })).toEqual(['STORED STORED']));

  it('orders by provider, then by time', () => {
    const deliveries = [
      notified({ id: 'late', receivedAt: at(20), dataType: 'workout' }),
      notified({ id: 'whoop', provider: 'WHOOP', receivedAt: at(0) }),
      notified({ id: 'early', receivedAt: at(5) }),
    ];
    const order = trace({ deliveries }).map(({ deliveryId }) => deliveryId);
    expect([...new Set(order)]).toEqual(['early', 'late', 'whoop']);
  });
});
