import { liveEvent, type LiveEvent } from './live-event.ts';
import { createOutbox, type Outlet } from './outbox.ts';
import { ATHLETE_KEY } from './subscription-plan.ts';

const keys = { root: 'live', gap: ['missed'], changes: ['changes', 'again'] };

function change(cursor: number, athletes: string[], errorAt?: number): LiveEvent {
  const rows = athletes.map((athlete) => ({ [ATHLETE_KEY]: athlete, score: cursor }));
  const errors =
    errorAt === undefined ? {} : { errors: [{ message: 'no', path: ['live', 'changes', errorAt, 'sleep'] }] };
  return liveEvent(
    { data: { live: { cursor, missed: false, changes: rows, again: structuredClone(rows) } }, ...errors },
    keys,
  );
}

/** A client that takes nothing until it is told to read. */
function slowClient() {
  const sent: any[] = [];
  let unsent = Number.POSITIVE_INFINITY;
  let wake = (): void => undefined;
  const outlet: Outlet = {
    write: (payload, written) => {
      sent.push(JSON.parse(payload));
      wake = written;
    },
    unsentBytes: () => unsent,
  };
  return {
    sent,
    outlet,
    read: (outbox: { release(snapshot: null): void }) => {
      unsent = 0;
      outbox.release(null);
      wake();
    },
  };
}

test('a client that reads gets every event in order, without the hidden athlete', () => {
  const { outlet, sent, read } = slowClient();
  const outbox = createOutbox({ outlet, keys, onCoalesce: () => undefined });
  outbox.push(change(2, ['anna']));
  outbox.push(change(3, ['ben']));
  read(outbox);
  expect(sent.map((event) => event.data.live)).toEqual([
    { cursor: 2, missed: false, changes: [{ score: 2 }], again: [{ score: 2 }] },
    { cursor: 3, missed: false, changes: [{ score: 3 }], again: [{ score: 3 }] },
  ]);
});

test('a slow client gets the latest change of each athlete, marked with a gap, and memory stays bounded', () => {
  const { outlet, sent, read } = slowClient();
  let coalesced = 0;
  const outbox = createOutbox({ outlet, keys, onCoalesce: () => coalesced++ });
  for (let cursor = 1; cursor <= 1000; cursor++) {
    outbox.push(change(cursor, [`athlete ${cursor % 7}`, 'always']));
    expect(outbox.queued).toBeLessThanOrEqual(100);
  }
  expect(coalesced).toBe(9);
  read(outbox);
  const [first] = sent;
  expect(first.data.live.missed).toBe(true);
  expect(first.data.live.changes).toHaveLength(8);
  const last = sent.at(-1).data.live;
  expect([last.cursor, last.missed]).toEqual([1000, false]);
  // Whoever applies what was sent ends with the newest state of everybody.
  const scores = sent.flatMap((event) => event.data.live.changes.map((row: { score: number }) => row.score));
  expect(Math.max(...scores)).toBe(1000);
  expect(new Set(scores).size).toBeGreaterThanOrEqual(7);
});

test('an error of a change goes with it to its new place, and is forgotten with an older change', () => {
  const { outlet, sent, read } = slowClient();
  const outbox = createOutbox({ outlet, keys, onCoalesce: () => undefined });
  outbox.push(change(1, ['anna', 'ben'], 0));
  outbox.push(change(2, ['carl', 'dora'], 1));
  outbox.push(change(3, ['anna']));
  for (let cursor = 4; cursor <= 101; cursor++) outbox.push(change(cursor, ['ben']));
  read(outbox);
  const [event] = sent;
  expect(event.data.live.changes.map((row: { score: number }) => row.score)).toEqual([2, 2, 3, 101]);
  expect(event.errors).toEqual([{ message: 'no', path: ['live', 'changes', 1, 'sleep'] }]);
});

test('of states rather than changes only the last counts', () => {
  const { outlet, sent, read } = slowClient();
  const jobKeys = { root: 'job', gap: [], changes: [] };
  const outbox = createOutbox({ outlet, keys: jobKeys, onCoalesce: () => undefined });
  for (let step = 1; step <= 101; step++) outbox.push(liveEvent({ data: { job: { step } } }, jobKeys));
  read(outbox);
  expect(sent).toEqual([{ data: { job: { step: 101 } } }]);
});

test('what comes while a snapshot is fetched waits behind it, and what waited before is dropped', () => {
  const { outlet, sent, read } = slowClient();
  const outbox = createOutbox({ outlet, keys, onCoalesce: () => undefined });
  outbox.push(change(1, ['anna']));
  outbox.hold();
  outbox.push(change(3, ['anna']));
  expect(sent).toEqual([]);
  outbox.release(change(2, ['anna']).withGap());
  read(outbox);
  expect(sent.map((event) => [event.data.live.cursor, event.data.live.missed])).toEqual([
    [2, true],
    [3, false],
  ]);
});

test('an event is made into text once for all its clients', () => {
  const event = change(1, ['anna']);
  expect(event.json()).toBe(event.json());
  expect(event.withGap()).toBe(event.withGap());
  expect(event.json()).not.toContain(ATHLETE_KEY);
});
