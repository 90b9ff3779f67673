import { EXPORTS } from '../../subgraphs/insights/roster-file/limit-exports.ts';
import { createLowMorning, type LowMorning } from '../support/low-morning.ts';
import { createTeam, join, register, withdraw } from '../support/people.ts';

let morning: LowMorning;
beforeAll(async () => {
  morning = await createLowMorning({ shares: ['HRV', 'SLEEP'] });
}, 180_000);
afterAll(() => morning?.stop());

const LINK = `mutation ($teamId: ID!, $days: Int, $filter: RosterFilter) {
  rosterCsvLink(teamId: $teamId, days: $days, filter: $filter) { url expiresAt } }`;

async function linkOf(variables: object = {}): Promise<string> {
  const { rosterCsvLink } = await morning.world.ask<{ rosterCsvLink: { url: string; expiresAt: string } }>(
    LINK,
    { teamId: morning.teamId, ...variables },
    morning.coach.token,
  );
  expect(Math.abs(Date.parse(rosterCsvLink.expiresAt) - Date.now() - 300_000)).toBeLessThan(30_000);
  return rosterCsvLink.url;
}

interface Fetched {
  status: number;
  headers: Headers;
  text: string;
  lines: Record<string, string>[];
}

async function fetchFile(path: string, headers: Record<string, string> = {}): Promise<Fetched> {
  const response = await fetch(new URL(path, morning.world.urls.dashboard), { headers });
  const text = await response.text();
  const [head = '', ...rest] = text.split('\r\n').filter((line) => line !== '');
  const names = head.split(',');
  const lines = rest.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']));
  });
  return { status: response.status, headers: response.headers, text, lines };
}

const bearer = () => ({ authorization: `Bearer ${morning.coach.token}` });
const REST = () => `/api/v1/teams/${morning.teamId}/readiness.csv`;

interface Shown {
  score: number;
  revision: number;
  signals: { hrv: { value: number } };
}

test('a link fetches the roster as a file: the score of the view, and what is withheld says so', async () => {
  const { status, headers, lines } = await fetchFile(await linkOf({ days: 3 }));
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('text/csv');
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="readiness-\d{4}-\d\d-\d\d\.csv"$/);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(lines.map(({ date }) => date)).toHaveLength(3);
  const { team } = await morning.world.ask<{
    team: { roster: { edges: { node: { readiness: Shown } }[] } };
  }>(
    'query ($id: ID!) { team(id: $id) { roster { edges { node { readiness { score revision signals { hrv { value } } } } } } } }',
    { id: morning.teamId },
    morning.coach.token,
  );
  const [shown] = team.roster.edges.map(({ node }) => node.readiness) as [Shown];
  const { score, revision, signals } = shown;
  expect(lines.at(-1)).toMatchObject({
    team: 'Team',
    athlete_id: morning.athlete.athleteId,
    date: morning.today,
    zone: 'UTC',
    score: String(score),
    view_revision: String(revision),
    basis: 'hrv sleep',
    // The graph gives its logarithm.
    hrv_ms: String(Number(Math.exp(signals.hrv.value).toFixed(1))),
    rhr_bpm: 'not_shared',
    rhr_diff: 'not_shared',
    points_rhr: 'not_shared',
    load: 'not_shared',
    suggestion_state: 'not_shared',
  });
  const { points_hrv_day, points_hrv_trend, points_sleep_duration, points_sleep_debt, points_sleep_quality } =
    lines.at(-1) ?? {};
  const points = [points_hrv_day, points_hrv_trend, points_sleep_duration, points_sleep_debt, points_sleep_quality];
  expect(points.reduce((sum, each) => sum + Number(each), 70)).toBe(score);
});

test('the athlete finds in their access log who made a file of what', async () => {
  await fetchFile(await linkOf());
  const { viewer } = await morning.world.ask<{
    viewer: { athlete: { accessLog: { edges: { node: { action: string; purpose: string; signals: string[] } }[] } } };
  }>(
    '{ viewer { athlete { accessLog(first: 20) { edges { node { action purpose signals who } } } } } }',
    {},
    morning.athlete.token,
  );
  const exports = viewer.athlete.accessLog.edges.map(({ node }) => node).filter(({ purpose }) => purpose === 'export');
  expect(exports[0]).toMatchObject({ action: 'READ', signals: ['HRV', 'SLEEP'] });
});

test('who is signed in as a coach gets the same file without a link; others get nothing', async () => {
  const linked = await fetchFile(await linkOf());
  const signedIn = await fetchFile(REST(), bearer());
  const withoutInstant = ({ text }: Fetched): string => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '');
  expect(withoutInstant(signedIn)).toBe(withoutInstant(linked));
  const bytes = await fetch(new URL(`${REST()}?bom=1`, morning.world.urls.dashboard), { headers: bearer() });
  expect([...new Uint8Array(await bytes.arrayBuffer()).slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect((await fetchFile(REST())).status).toBe(401);
  expect((await fetchFile(REST(), { authorization: `Bearer ${morning.athlete.token}` })).status).toBe(404);
  const stranger = await register(morning.world, 'COACH');
  expect((await fetchFile(REST(), { authorization: `Bearer ${stranger.token}` })).status).toBe(404);
  for (const days of ['0', '91', 'x', '1.5'])
    expect((await fetchFile(`${REST()}?days=${days}`, bearer())).status).toBe(400);
});

test('a link that was altered, or belongs to another team, works no more', async () => {
  const url = await linkOf();
  const [path, link = ''] = url.split('?link=');
  const [payload = '', signature = ''] = link.split('.');
  const longer = Buffer.from(
    Buffer.from(payload, 'base64url')
      .toString()
      .replace(/"days":1/, '"days":9'),
  ).toString('base64url');
  for (const forged of [`${longer}.${signature}`, `${payload}.`, payload, 'x', ''])
    expect([forged, (await fetchFile(`${path}?link=${forged}`)).status]).toEqual([forged, 404]);
  const other = url.replace(morning.teamId, '00000000-0000-7000-8000-000000000000');
  expect((await fetchFile(other)).status).toBe(404);
});

test('a name that a spreadsheet would run as a formula is text in the file', async () => {
  const { world, coach, teamId } = morning;
  const { register: session } = await world.ask<{ register: { accessToken: string } }>(
    'mutation ($input: RegisterInput!) { register(input: $input) { accessToken } }',
    {
      input: {
        email: `formula@${world.database.name}.example.com`,
        password: 'a long demo password',
        displayName: '=HYPERLINK("http://x.example")',
        timeZone: 'UTC',
        role: 'ATHLETE',
      },
    },
  );
  await join(world, { coach, teamId, athlete: { token: session.accessToken, email: '', athleteId: '' } });
  const { text, lines } = await fetchFile(await linkOf());
  expect(text).toContain(`,"'=HYPERLINK(""http://x.example"")",`);
  expect(lines).toHaveLength(2);
  expect((await fetchFile(await linkOf({ filter: { search: 'person' } }))).lines).toHaveLength(1);
});

test('what is withdrawn while a link is open is not in the file any more', async () => {
  const url = await linkOf();
  await withdraw(morning.world, { athlete: morning.athlete, teamId: morning.teamId, signal: 'HRV' });
  const own = (await fetchFile(url)).lines.find((line) => line['athlete_id'] === morning.athlete.athleteId);
  expect(own).toMatchObject({ basis: 'sleep', hrv_ms: 'not_shared', points_hrv_day: 'not_shared' });
});

test('a link dies with the session it was made in', async () => {
  const url = await linkOf();
  expect((await fetchFile(url)).status).toBe(200);
  await morning.world.ask('mutation { logout }', {}, morning.coach.token);
  expect((await fetchFile(url)).status).toBe(401);
});

test('a coach who exports again and again is told when to come again, and others are not', async () => {
  const { world } = morning;
  const [restless, other] = await Promise.all([register(world, 'COACH'), register(world, 'COACH')]);
  const [path, otherPath] = await Promise.all(
    [restless, other].map(async (coach) => `/api/v1/teams/${await createTeam(world, coach)}/readiness.csv`),
  );
  const as = ({ token }: { token: string }) => ({ authorization: `Bearer ${token}` });
  for (let n = 0; n < EXPORTS.points; n += 1) expect((await fetchFile(path ?? '', as(restless))).status).toBe(200);
  const refused = await fetchFile(path ?? '', as(restless));
  expect([refused.status, JSON.parse(refused.text)]).toEqual([
    429,
    expect.objectContaining({ code: 'rate_limited', detail: expect.stringMatching(/wait 1[45] min/) }),
  ]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(EXPORTS.perS - 60);
  expect((await fetchFile(otherPath ?? '', as(other))).status).toBe(200);
});
