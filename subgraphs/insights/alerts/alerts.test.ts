import { createECDH, randomBytes } from 'node:crypto';
import type { Database } from '#platform/database';
import type { Viewer } from '#platform/identity';
import { createDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { ask, createTeamOf } from '../ask.test-support.ts';
import { readBrowsers } from './browsers.ts';
import type { PushKeys } from './push-keys.ts';

const NOW = new Date('2026-11-20T10:00:00Z');

let database: TestDatabase;
let db: Database;
let athleteId: string;
let athlete: Viewer;
let coach: Viewer;
let teamId: string;
const keys: PushKeys = {
  publicKey: createECDH('prime256v1').generateKeys('base64url'),
  privateKey: randomBytes(32).toString('base64url'),
  subject: 'mailto:operator@example.org',
  hosts: ['push.example.org'],
};

beforeAll(async () => {
  database = await createDatabase();
  db = await database.open('insights');
  const team = await createTeamOf(database, 2);
  [athleteId = ''] = team.athleteIds;
  ({ coach, teamId } = team);
  athlete = team.self(athleteId);
});
afterAll(() => database.drop());
beforeEach(() => database.query('truncate insights.alert_choice, insights.alert_channel, insights.push_subscription'));

interface Preferences {
  teamId: string | null;
  alerts: { kind: string; isOn: boolean; sentence: string }[];
  push: boolean;
  quietHours: { from: string; to: string; timeZone: string; isOfProfile: boolean };
  browsers: number;
  pushKey: string | null;
}
const FIELDS = `{ teamId alerts { kind isOn sentence } push quietHours { from to timeZone isOfProfile } browsers pushKey }`;

const read = async (viewer: Viewer, team: string | null = null, pushKeys: PushKeys | null = keys) => {
  const argument = team === null ? '' : `(teamId: "${team}")`;
  const { data, errors } = await ask<{ alertPreferences: Preferences } | null>({
    ...{ db, viewer, now: NOW, pushKeys },
    source: `{ alertPreferences${argument} ${FIELDS} }`,
  });
  return { preferences: data?.alertPreferences as Preferences, errors };
};
const set = async (viewer: Viewer, input: string) => {
  const { data, errors } = await ask<{ setAlertPreferences: Preferences } | null>({
    ...{ db, viewer, now: NOW, pushKeys: keys },
    source: `mutation { setAlertPreferences(input: { ${input} }) ${FIELDS} }`,
  });
  return { preferences: data?.setAlertPreferences as Preferences, errors };
};
const onIn = ({ alerts }: Preferences): string[] => alerts.filter(({ isOn }) => isOn).map(({ kind }) => kind);

function newBrowser(host = 'push.example.org') {
  return {
    endpoint: `https://${host}/send/${randomBytes(8).toString('hex')}`,
    p256dh: createECDH('prime256v1').generateKeys('base64url'),
    auth: randomBytes(16).toString('base64url'),
  };
}
const registerAs = (viewer: Viewer, browser: ReturnType<typeof newBrowser>, pushKeys: PushKeys | null = keys) =>
  ask<{ registerBrowser: boolean } | null>({
    ...{ db, viewer, now: NOW, pushKeys },
    source: `mutation { registerBrowser(input: { endpoint: "${browser.endpoint}", p256dh: "${browser.p256dh}",
      auth: "${browser.auth}", timeZone: "America/New_York" }) }`,
  });

describe('alert preferences', () => {
  it('are calm by default, each in its own role', async () => {
    const { preferences } = await read(athlete);
    expect(onIn(preferences)).toEqual([
      'ILLNESS_PATTERN',
      'PROVIDER_RECONNECT',
      'SESSION_SUGGESTION',
      'WEEKLY_SUMMARY',
    ]);
    expect(preferences).toMatchObject({
      ...{ teamId: null, push: true, browsers: 0, pushKey: keys.publicKey },
      quietHours: { from: '22:00', to: '07:00', timeZone: 'Europe/Helsinki', isOfProfile: true },
    });
    const ofCoach = (await read(coach, teamId)).preferences;
    expect(onIn(ofCoach)).toEqual(['ILLNESS_PATTERN', 'READINESS_LOW', 'READINESS_LOW_STREAK', 'WEEKLY_SUMMARY']);
    expect(ofCoach).toMatchObject({
      teamId,
      quietHours: { from: '22:00', to: '07:00', timeZone: 'UTC', isOfProfile: false },
    });
    expect(ofCoach.alerts.every(({ sentence }) => sentence.endsWith('.'))).toBe(true);
  });

  it('are turned one by one, and what is left out stays', async () => {
    await set(athlete, 'alerts: [{ kind: READINESS_READY, isOn: true }, { kind: ILLNESS_PATTERN, isOn: false }]');
    const { preferences } = await set(athlete, 'push: false');
    expect(onIn(preferences)).toEqual([
      'PROVIDER_RECONNECT',
      'SESSION_SUGGESTION',
      'READINESS_READY',
      'WEEKLY_SUMMARY',
    ]);
    expect(preferences.push).toBe(false);
    const again = await set(
      athlete,
      'alerts: [{ kind: WEEKLY_SUMMARY, isOn: false }, { kind: WEEKLY_SUMMARY, isOn: true }]',
    );
    expect(again.preferences).toEqual({ ...preferences });
  });

  it('of a coach hold for one team, their quiet hours for all', async () => {
    const { preferences } = await set(
      coach,
      `teamId: "${teamId}", alerts: [{ kind: HRV_SUPPRESSED, isOn: true }], quietHours: { from: "21:00", to: "08:00", timeZone: "Asia/Tokyo" }`,
    );
    expect(onIn(preferences)).toContain('HRV_SUPPRESSED');
    expect(preferences.quietHours).toEqual({ from: '21:00', to: '08:00', timeZone: 'Asia/Tokyo', isOfProfile: false });
  });

  it.each([
    ['a coach without a team', () => read(coach), 'Say which with "teamId"'],
    ['an athlete asking for a team', () => read(athlete, teamId), 'no such team'],
    ['a coach asking for another team', () => read(coach, athleteId), 'no such team'],
    ['a coach asking for nonsense', () => read(coach, 'nonsense'), 'no such team'],
    ['nobody', () => read({ kind: 'anonymous' }), 'Nobody is signed in'],
    [
      'a nudge for a coach',
      () => set(coach, `teamId: "${teamId}", alerts: [{ kind: SLEEP_NUDGE, isOn: true }]`),
      'nothing a coach is told of',
    ],
    ['quiet hours of an athlete', () => set(athlete, 'quietHours: { from: "21:00", to: "08:00" }'), 'in your profile'],
    [
      'a time that is none',
      () => set(coach, `teamId: "${teamId}", quietHours: { from: "25:00", to: "08:00" }`),
      'times of the day',
    ],
    [
      'a zone that is none',
      () => set(coach, `teamId: "${teamId}", quietHours: { from: "21:00", to: "08:00", timeZone: "Mars/Olympus" }`),
      'no time zone',
    ],
  ])('are refused to %s', async (_who, work, sentence) => {
    const { errors } = await work();
    expect(errors).toMatchObject([{ message: expect.stringContaining(sentence) }]);
    expect(await database.query('select 1 from insights.alert_choice')).toEqual([]);
  });
});

describe('a browser', () => {
  it('is kept sealed, counted, and forgotten when its person says so', async () => {
    const browser = newBrowser();
    expect((await registerAs(athlete, browser)).data).toEqual({ registerBrowser: true });
    expect((await registerAs(athlete, browser)).data).toEqual({ registerBrowser: true });
    const rows = await database.query<{ sealed: Buffer }>('select * from insights.push_subscription');
    expect(rows).toHaveLength(1);
    const stored = JSON.stringify(rows) + (rows[0]?.sealed.toString('latin1') ?? '');
    for (const secret of [browser.endpoint, browser.endpoint.slice(-16), browser.auth, browser.p256dh])
      expect(stored).not.toContain(secret);
    const { accountId } = athlete as { accountId: string };
    expect((await readBrowsers(db, { accountIds: [accountId], keys })).browsers).toMatchObject([browser]);
    expect((await read(athlete)).preferences.browsers).toBe(1);
    const forget = (viewer: Viewer) =>
      ask({ db, viewer, now: NOW, source: `mutation { unregisterBrowser(endpoint: "${browser.endpoint}") }` });
    await forget(coach);
    expect((await read(athlete)).preferences.browsers).toBe(1);
    await forget(athlete);
    expect((await read(athlete)).preferences.browsers).toBe(0);
  });

  it('belongs to whoever registered it last', async () => {
    const browser = newBrowser();
    await registerAs(athlete, browser);
    await registerAs(coach, browser);
    expect((await read(athlete)).preferences.browsers).toBe(0);
    expect((await read(coach, teamId)).preferences.browsers).toBe(1);
  });

  it('tells the zone of a coach’s quiet hours, until they choose one', async () => {
    await registerAs(coach, newBrowser());
    expect((await read(coach, teamId)).preferences.quietHours.timeZone).toBe('America/New_York');
    await set(coach, `teamId: "${teamId}", quietHours: { from: "22:00", to: "07:00", timeZone: "Asia/Tokyo" }`);
    await registerAs(coach, newBrowser());
    expect((await read(coach, teamId)).preferences.quietHours.timeZone).toBe('Asia/Tokyo');
  });

  it('of one person are twenty at most, the newest', async () => {
    for (let count = 0; count < 22; count += 1) await registerAs(athlete, newBrowser());
    expect((await read(athlete)).preferences.browsers).toBe(20);
  });

  it.each([
    ['at another host', { ...newBrowser('example.com') }, keys, 'known push services'],
    ['inside', { ...newBrowser('127.0.0.1') }, keys, 'known push services'],
    ['with keys that are none', { ...newBrowser(), p256dh: 'AAAA' }, keys, 'keys are not those'],
    ['with a point on no curve', { ...newBrowser(), p256dh: `BA${'A'.repeat(85)}` }, keys, 'keys are not those'],
    ['where nothing is pushed', newBrowser(), null, 'no push keys'],
  ])('%s is refused', async (_where, browser, pushKeys, sentence) => {
    const { errors } = await registerAs(athlete, browser, pushKeys);
    expect(errors).toMatchObject([{ message: expect.stringContaining(sentence) }]);
    expect(errors[0]?.message).not.toContain(browser.endpoint);
    expect(await database.query('select 1 from insights.push_subscription')).toEqual([]);
  });

  it('finds no key where nothing is pushed', async () => {
    expect((await read(athlete, null, null)).preferences.pushKey).toBeNull();
  });
});
