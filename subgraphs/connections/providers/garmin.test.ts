import { readFileSync } from 'node:fs';
import { createGarmin, garminConfig } from './garmin.ts';
import { answering, vendorWith } from './vendor.test-support.ts';

const API = 'https://apis.garmin.com/wellness-api/rest';
const garmin = vendorWith(createGarmin, garminConfig, {
  GARMIN_CLIENT_ID: 'id',
  GARMIN_CLIENT_SECRET: 'the client secret',
  GARMIN_PATH_TOKEN: 'a-path-token-of-a-test',
});
const { account } = JSON.parse(readFileSync('../shared/fixtures/garmin/account_backfill_and_errors.json', 'utf8')) as {
  account: Record<string, object>;
};
const USER = '/wellness-api/rest/user';
const fixed = (form: 'A' | 'B'): Record<string, unknown> => ({
  [`GET ${USER}/id`]: account[`GET ${USER}/id`],
  [`GET ${USER}/permissions`]: account[`GET ${USER}/permissions (form ${form})`],
});

test('without all of its credentials it cannot be linked', () =>
  expect(() =>
    vendorWith(createGarmin, garminConfig, { GARMIN_CLIENT_ID: 'id', GARMIN_CLIENT_SECRET: 'a secret' }),
  ).toThrow('credentials'));

describe('who has consented', () => {
  test.each(['A', 'B'] as const)('is told by the id call, to what by the permissions, form %s', async (form) => {
    const provider = answering(fixed(form));
    expect(await garmin.oauth.identify({ answer: {}, ask: provider.ask })).toEqual({
      providerUserId: '158928f1ea1b5ac88945a5ead5544ba8',
      scopes: ['ACTIVITY_EXPORT', 'WORKOUT_IMPORT', 'HEALTH_EXPORT', 'COURSE_IMPORT', 'HISTORICAL_DATA_EXPORT'],
    });
    expect(provider.asked).toEqual([`GET ${USER}/id`, `GET ${USER}/permissions`]);
  });

  test.each([
    ['no id', { [`GET ${USER}/id`]: {} }],
    ['an id that is none', { [`GET ${USER}/id`]: { userId: 'a b' } }],
    ['no permissions', { [`GET ${USER}/permissions`]: 404 }],
    ['permissions in a third form', { [`GET ${USER}/permissions`]: { permissions: 'ALL' } }],
  ])('is not known with %s', async (_name, change) =>
    expect(await garmin.oauth.identify({ answer: {}, ask: answering({ ...fixed('A'), ...change }).ask })).toBeNull(),
  );

  test('a permission that is no word is left out', async () => {
    const { ask } = answering({ [`GET ${USER}/permissions`]: ['HEALTH_EXPORT', 7, 'a b', null] });
    expect(await garmin.oauth.readScopes?.(ask)).toEqual(['HEALTH_EXPORT']);
  });

  test('the answer of the token call is one for a client library', () =>
    expect(garmin.oauth.normaliseTokenResponse({ access_token: 'a' })).toEqual({
      token_type: 'bearer',
      access_token: 'a',
    }));

  test('access is given back by deleting the registration', () =>
    expect(garmin.oauth.revocations({ accessToken: 'a', refreshToken: 'r', providerUserId: 'u' })).toEqual([
      { method: 'DELETE', url: `${API}/user/registration`, headers: { authorization: 'Bearer a' } },
    ]));
});

describe('permissions', () => {
  test('bring signals', () => {
    expect(garmin.data.signalsOf(['HEALTH_EXPORT'])).toEqual([
      'HRV',
      'RESTING_HEART_RATE',
      'HEART_RATE',
      'SLEEP',
      'STEPS',
      'VITALS',
    ]);
    expect(garmin.data.signalsOf(['ACTIVITY_EXPORT', 'HISTORICAL_DATA_EXPORT'])).toEqual(['TRAINING']);
  });

  test('that are missing are named as people find them', () => {
    expect(garmin.data.missingScopes(['ACTIVITY_EXPORT'])).toEqual([
      'daily health (HEALTH_EXPORT)',
      'historical data (HISTORICAL_DATA_EXPORT)',
    ]);
    expect(garmin.data.missingScopes(['ACTIVITY_EXPORT', 'HEALTH_EXPORT', 'HISTORICAL_DATA_EXPORT'])).toEqual([]);
  });
});

describe('a ping', () => {
  const callbackUrl = `${API}/sleeps?token=t`;
  const recentDays = { from: '2026-11-13', to: '2026-11-16' };
  const fetched = (answer: unknown) => {
    const notification = { dataType: 'sleeps', objectId: 'hash', callbackUrl };
    const { ask } = answering({ 'GET /wellness-api/rest/sleeps?token=t': answer });
    return garmin.data.fetch({ notification, recentDays, ask });
  };

  test('is answered by the summaries its address gives, as they come', async () =>
    expect(await fetched('[{"summaryId":"x", "n":12345678901234567890}]')).toEqual({
      outcome: 'found',
      documents: [{ domain: 'sleeps', body: Buffer.from('[{"summaryId":"x", "n":12345678901234567890}]') }],
    }));

  // A redirect among them: nobody follows it.
  test.each([302, 400, 404, 410])('whose address answers %s is refused, and deletes nothing', async (status) =>
    expect(await fetched(status)).toEqual({ outcome: 'refused', status }),
  );

  test.each([403, 412])('whose address answers %s is not for us', async (status) =>
    expect(await fetched(status)).toEqual({ outcome: 'forbidden' }),
  );

  test('is asked for as an address from outside', async () => {
    const calls: unknown[] = [];
    await garmin.data.fetch({
      notification: { dataType: 'sleeps', objectId: 'hash', callbackUrl },
      recentDays,
      ask: async (call) => (calls.push(call), { status: 200, body: Buffer.from('[]') }),
    });
    expect(calls).toEqual([{ method: 'GET', url: callbackUrl, isFromOutside: true }]);
    expect(garmin.data.callbackHosts).toEqual(['apis.garmin.com']);
  });
});

describe('history', () => {
  const range = { from: '2026-08-16', to: '2026-11-13' };
  const page = async (dataType: string, status: number) => {
    const provider = answering(
      Object.fromEntries(
        ['sleeps', 'skinTemp', 'activityDetails'].map((name) => [`GET /wellness-api/rest/backfill/${name}`, status]),
      ),
    );
    return {
      asked: provider.asked,
      page: await garmin.data.readPage({ dataType, range, nextToken: null, ask: provider.ask }),
    };
  };
  const askedFor = { outcome: 'found', documents: [], records: 0, nextToken: null };

  test('is asked for by UTC seconds, at most 90 days at once, and comes by webhook', async () => {
    const { asked, page: answer } = await page('sleeps', 202);
    expect(asked).toEqual([
      'GET /wellness-api/rest/backfill/sleeps?summaryStartTimeInSeconds=1786838400&summaryEndTimeInSeconds=1794614400',
    ]);
    expect(1_794_614_400 - 1_786_838_400).toBe(90 * 86_400);
    expect(answer).toEqual(askedFor);
  });

  test.each([
    [409, 'was asked for before', askedFor],
    [400, 'lies too far back', { ...askedFor, isOutOfReach: true }],
    [412, 'is switched off', { outcome: 'forbidden' }],
    [403, 'is forbidden', { outcome: 'forbidden' }],
    [500, 'is refused', { outcome: 'refused', status: 500 }],
  ])('%s: it %s', async (status, _name, expected) => expect((await page('skin_temp', status)).page).toEqual(expected));

  test.each(['manually_updated_activities', 'activity_files'])(
    'of %s is not asked for: Garmin gives none',
    async (type) => expect(await page(type, 500)).toEqual({ asked: [], page: askedFor }),
  );

  test('no request is longer than Garmin takes', () => {
    for (const { dataType, chunkDays } of garmin.data.resources) {
      if (['manually_updated_activities', 'activity_files'].includes(dataType)) continue;
      expect([dataType, chunkDays]).toEqual([dataType, dataType.includes('activit') ? 30 : 90]);
    }
  });
});
