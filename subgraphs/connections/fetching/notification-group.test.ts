import { groupNotifications, RECENT_DAYS, whenToFetch, type OpenedNotification } from './notification-group.ts';

const at = (ms: number): Date => new Date(Date.UTC(2026, 10, 16) + ms);

const notification = (change: Partial<OpenedNotification>): OpenedNotification => ({
  deliveryId: 'd',
  receivedOn: '2026-11-16',
  receivedAt: at(0),
  provider: 'OURA',
  connectionId: 'c-1',
  athleteId: 'a-1',
  keyId: 'k-1',
  dataType: 'sleep',
  objectId: 'o-1',
  isDeletion: false,
  about: 'record',
  ...change,
});

describe('grouping', () => {
  test('puts what is about one record together, and the newest speaks', () => {
    const groups = groupNotifications([
      notification({ deliveryId: 'late', receivedAt: at(20) }),
      notification({ deliveryId: 'early', receivedAt: at(10), isDeletion: true }),
      notification({ deliveryId: 'other type', dataType: 'workout' }),
      notification({ deliveryId: 'other person', connectionId: 'c-2' }),
    ]);
    expect(groups.map((group) => group.members.map((member) => member.deliveryId))).toEqual([
      ['late', 'early'],
      ['other type'],
      ['other person'],
    ]);
    expect(groups[0]?.newest.deliveryId).toBe('late');
  });

  test('a deletion of the same instant wins, in either order', () => {
    const pair = [notification({ deliveryId: 'write' }), notification({ deliveryId: 'delete', isDeletion: true })];
    for (const order of [pair, pair.toReversed()])
      expect(groupNotifications(order)[0]?.newest.deliveryId).toBe('delete');
  });

  test('those without a record are one group', () => {
    const groups = groupNotifications([notification({ objectId: null }), notification({ objectId: null })]);
    expect(groups).toHaveLength(1);
    expect(groups[0]?.record).toBe(RECENT_DAYS);
  });
});

describe('when to fetch', () => {
  const ask = (options: { receivedAt: number; fetchedAt: number | null; now: number }) =>
    whenToFetch({
      receivedAt: at(options.receivedAt),
      fetchedAt: options.fetchedAt === null ? null : at(options.fetchedAt),
      now: at(options.now),
      coalesceMs: 1_000,
    });

  test.each([
    ['never asked for: at once', { receivedAt: 0, fetchedAt: null, now: 5 }, { waitMs: 0 }],
    ['received before the last fetch began: answered', { receivedAt: 99, fetchedAt: 100, now: 150 }, 'answered'],
    [
      'received in the instant the fetch began: asked for again',
      { receivedAt: 100, fetchedAt: 100, now: 150 },
      { waitMs: 950 },
    ],
    ['received within the window: when it ends', { receivedAt: 400, fetchedAt: 100, now: 400 }, { waitMs: 700 }],
    ['received after the window: at once', { receivedAt: 1_200, fetchedAt: 100, now: 1_200 }, { waitMs: 0 }],
    [
      'a clock that ran ahead delays by one window at most',
      { receivedAt: 90_000, fetchedAt: 80_000, now: 10 },
      { waitMs: 1_000 },
    ],
  ])('%s', (_name, options, expected) => expect(ask(options)).toEqual(expected));
});
