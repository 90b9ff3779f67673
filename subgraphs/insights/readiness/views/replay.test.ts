import { FULL_BASIS } from '#platform/basis';
import { sha256 } from '#platform/crypto';
import { runOps } from '#platform/ops';
import type { LocalDate } from '#platform/signals';
import { dateOf, dayNumber } from '#platform/slots';
import { randomOf, seed } from '../../../../tests/support/chaos.ts';
import {
  createPlayedMornings,
  type NightValues,
  type PlayedMornings,
} from '../../../../tests/support/played-mornings.ts';
import { addReadinessVerbs } from '../../ops/readiness.ts';
import type { Input } from './load-history.ts';
import { readRevisions, replay, type StoredRevision } from './replay.ts';

const TODAY = '2026-11-20';
const HOUR_MS = 3_600_000;
const HISTORY_DAYS = 30;
const PLAYED_DAYS = 10;
const ALL = ['HRV', 'RESTING_HEART_RATE', 'SLEEP'];

let rig: PlayedMornings;
let athleteIds: string[];
const random = randomOf(seed);

const nightOf = (): NightValues => ({
  hrvMs: random() < 0.1 ? null : 40 + 40 * random(),
  restingBpm: random() < 0.1 ? null : Math.round(44 + 12 * random()),
  asleepMin: random() < 0.1 ? null : Math.round(300 + 200 * random()),
});

/** Nights come late, are corrected and deleted, and clocks ask for the morning and the slots, at any hour of ten days. */
async function playHistory(): Promise<void> {
  const start = dayNumber(TODAY) - PLAYED_DAYS;
  rig.now = new Date(start * 86_400_000);
  for (const id of athleteIds) {
    const past = Array.from({ length: HISTORY_DAYS }, (_, back) => ({ day: dateOf(start - back), ...nightOf() }));
    await rig.store(id, past);
  }
  await rig.work();
  for (let hour = 0; hour < PLAYED_DAYS * 24; hour += 3) {
    rig.now = new Date(start * 86_400_000 + hour * HOUR_MS + 1_000);
    const today = start + Math.floor(hour / 24);
    for (const id of athleteIds) {
      const [chance, day] = [random(), dateOf(today - Math.floor(9 * random()))];
      if (chance < 0.25) await rig.store(id, [{ day, ...nightOf() }]);
      else if (chance < 0.3) await rig.remove(id, day);
    }
    await rig.work();
  }
}

beforeAll(async () => {
  rig = await createPlayedMornings();
  athleteIds = [];
  for (const [timeZone, shares] of [
    ['Europe/Helsinki', ALL],
    ['America/New_York', ['HRV', 'RESTING_HEART_RATE']],
    ['Asia/Kathmandu', ['HRV', 'SLEEP']],
    ['Pacific/Auckland', ['SLEEP']],
  ] as const)
    athleteIds.push(await rig.addAthlete({ timeZone, shares }));
  await playHistory();
}, 60_000);
afterAll(() => rig.close());

interface Named {
  athleteId: string;
  date: string;
  basis: number;
  revisions: number;
}
const views = () =>
  rig.database.query<Named>(
    `select athlete_id as "athleteId", date, basis, max(revision) as revisions from insights.readiness_revision group by 1, 2, 3`,
  );

test(`every revision there ever was is computed again to the same bytes, from its stored input alone (CHAOS_SEED=${seed})`, async () => {
  const db = await rig.database.open('insights');
  const reasons = new Map<string, number>();
  let [scored, bases] = [0, new Set<number>()];
  for (const view of await views()) {
    const revisions = await readRevisions(db, view);
    expect(revisions.map(({ revision }) => revision)).toEqual(
      Array.from({ length: view.revisions }, (_, at) => at + 1),
    );
    for (const stored of revisions) {
      const replayed = replay(stored);
      expect(replayed).toMatchObject({ sameInput: true, sameView: true });
      expect(replayed?.view.score).toBe(stored.view.score);
      reasons.set(stored.reason, (reasons.get(stored.reason) ?? 0) + 1);
      if (stored.view.score !== null) scored += 1;
      bases.add(stored.basis);
    }
  }
  expect(scored).toBeGreaterThan(150);
  expect(bases.size).toBeGreaterThanOrEqual(4);
  for (const reason of ['COMPUTED', 'LATE_DATA', 'CORRECTION']) expect(reasons.get(reason)).toBeGreaterThan(0);
});

test('an input whose nights stand under their dates, as all once did, gives the same view', async () => {
  const db = await rig.database.open('insights');
  const [view] = (await views()).filter(({ basis }) => basis === FULL_BASIS);
  const [stored] = await readRevisions(db, view as Named);
  const input = JSON.parse(stored?.series ?? '') as Input;
  const dated = Object.entries(input.series).map(([name, { from, nights }]) => [
    name,
    Object.fromEntries(nights.flatMap((night, at) => (night === null ? [] : [[dateOf(dayNumber(from) + at), night]]))),
  ]);
  const series = JSON.stringify({ ...input, series: Object.fromEntries(dated) });
  expect(series).not.toBe(stored?.series);
  expect(replay({ ...(stored as StoredRevision), series, inputHash: sha256(series) })).toMatchObject({
    sameInput: true,
    sameView: true,
  });
});

describe(`readiness explain (CHAOS_SEED=${seed})`, () => {
  // The last morning that has a score: what is played at random may leave any single day without a night.
  let date: LocalDate;
  beforeAll(async () => {
    const [scored] = await rig.database.query<{ date: LocalDate }>(
      `select date::text as date from insights.readiness_day where athlete_id = $1 and basis = $2 and score is not null
        order by readiness_day.date desc limit 1`,
      [athlete(), FULL_BASIS],
    );
    if (!scored) throw new Error('no morning of ten has a score');
    ({ date } = scored);
  });

  async function ops(...args: string[]) {
    const [out, err]: [string[], string[]] = [[], []];
    const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
    const db = await rig.database.open('insights');
    const parts = { terminal, db: async () => db, clock: async () => ({ now: () => rig.now }), close: async () => {} };
    const code = await runOps({
      subgraph: 'insights',
      verbs: [addReadinessVerbs],
      parts,
      args: ['readiness', 'explain', ...args],
      terminal,
    });
    return { code, out, err: err.join('\n') };
  }
  const athlete = (): string => athleteIds[0] ?? '';
  const ask = (...more: string[]) => ops('--athlete', athlete(), '--date', date, ...more);

  it('prints the sum line by line, and that it is the stored one', async () => {
    const { code, out, err } = await ask();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const points = out.filter((line) => /^ +[+-]?\d+ {2}/.test(line)).map((line) => Number(line.trim().split(' ')[0]));
    const score = points.pop();
    expect(points[0]).toBe(70);
    expect(points.length).toBeGreaterThan(1);
    expect(points.reduce((sum, each) => sum + each, 0)).toBe(score);
    const [stored] = await rig.database.query<{ score: number; hash: string; revision: number; reason: string }>(
      `select score, revision, reason, encode(input_hash, 'hex') as hash from insights.readiness_day
        where athlete_id = $1 and date = $2 and basis = $3`,
      [athlete(), date, FULL_BASIS],
    );
    expect(score).toBe(stored?.score);
    const text = out.join('\n');
    expect(text).toContain(`readiness/1  ${date}, from HRV, RESTING_HEART_RATE, SLEEP`);
    expect(text).toContain(`${stored?.revision} of ${stored?.revision}, ${stored?.reason}`);
    expect(text).toContain(stored?.hash);
    expect(out.at(-1)).toBe(`Computed again from its stored input it is the same: ${stored?.score}.`);
  });

  it('takes the e-mail an athlete signs in with for their id', async () => {
    const email = 'aino@example.org';
    await rig.database.query(
      'update connections.account a set email = $2 from connections.athlete p where p.account_id = a.id and p.id = $1',
      [athlete(), email],
    );
    expect(await ops('--athlete', email, '--date', date)).toEqual(await ask());
  });

  it('stands in the access log of the athlete, with the signals and no value', async () => {
    await rig.database.query('truncate audit.entry');
    await ask('--basis', 'hrv,sleep');
    await ask();
    const entries = await rig.database.query<{ purpose: string }>(
      `select athlete_id, actor_kind, action, signals, purpose from audit.entry`,
    );
    expect(entries).toEqual([
      {
        athlete_id: athlete(),
        actor_kind: 'SYSTEM',
        action: 'READ',
        signals: ALL,
        purpose: `an operator looked at how the score of ${date} came about`,
      },
    ]);
  });

  it('says what is wrong with what it was asked for', async () => {
    for (const [args, words] of [
      [['--athlete', 'somebody', '--date', date], 'No athlete signs in as "somebody"'],
      [['--athlete', 'x', '--date', date], '4 athletes are meant by "x"'],
      [['--athlete', athlete(), '--date', 'yesterday'], 'no day in the form'],
      [['--athlete', athlete(), '--date', date, '--basis', 'HRV,STEPS'], 'A basis is made of'],
      [['--athlete', athlete(), '--date', date, '--revision', '0'], 'count from 1'],
      [['--athlete', athlete(), '--date', date, '--revision', '999'], 'Take one of these'],
      [['--athlete', athlete(), '--date', '2020-01-01'], 'no stored score'],
    ] as const) {
      const { code, err, out } = await ops(...args);
      expect({ code, out }).toEqual({ code: 1, out: [] });
      expect(err).toContain(words);
    }
  });

  it('tells of a score that is not what its input gives, of an altered input, and of one that is erased', async () => {
    const view = `athlete_id = '${athlete()}' and date = '${date}' and basis = 7`;
    const [revision] = await rig.database.query<{ payload: string; hash: Buffer }>(
      `select payload::text as payload, input_hash as hash from insights.readiness_revision where ${view} order by revision desc limit 1`,
    );
    const { payload = '', hash } = revision ?? {};
    const setPayload = (text: string) =>
      rig.database.query(`update insights.readiness_revision set payload = $1 where ${view} and input_hash = $2`, [
        text,
        hash,
      ]);
    const { score } = JSON.parse(payload) as { score: number };
    await setPayload(payload.replace(`"score":${score}`, `"score":${score + 1}`));
    const other = await ask();
    expect(other.code).toBe(1);
    expect(other.out.at(-1)).toBe(
      `Computed again from its stored input it is ${score}; stored is ${score + 1}, by readiness/1.`,
    );
    await setPayload(payload);
    const [{ text = '' } = {}] = await rig.database.query<{ text: string }>(
      'select series::text as text from insights.readiness_input where input_hash = $1 and athlete_id = $2',
      [hash, athlete()],
    );
    const setSeries = (given: string) =>
      rig.database.query('update insights.readiness_input set series = $1 where input_hash = $2 and athlete_id = $3', [
        given,
        hash,
        athlete(),
      ]);
    await setSeries('{"needMin":480,"series":{}}');
    expect((await ask()).out.at(-1)).toContain('are others than those the score was computed from');
    await rig.database.query('delete from insights.readiness_input where input_hash = $1', [hash]);
    const gone = await ask();
    expect(gone).toMatchObject({ code: 1, out: [] });
    expect(gone.err).toContain('was erased with its source');
    await rig.database.query(
      'insert into insights.readiness_input (athlete_id, input_hash, series) values ($1, $2, $3)',
      [athlete(), hash, text],
    );
    expect((await ask()).code).toBe(0);
  });
});
