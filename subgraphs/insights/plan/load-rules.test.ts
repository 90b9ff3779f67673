import { FULL_BASIS, type Basis } from '#platform/basis';
import { dateOf, dayNumber } from '#platform/slots';
import { bitsOf } from '../flags/facts.ts';
import { forgetSources, unforgottenSources } from '../readiness/views/erased-sources.ts';
import { linkWatch, SPIKE, train } from '../training/trained.test-support.ts';
import {
  createPlanRig,
  INTERVALS,
  MORNING,
  SAVE,
  TODAY,
  type Athlete,
  type PlanRig,
  type ShownSuggestion,
} from './plan.test-support.ts';

const ALL = ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING'];
const high = { score: 90, band: 'HIGH' as const };
const normal = { score: 70, band: 'NORMAL' as const };

let rig: PlanRig;
beforeAll(async () => {
  rig = await createPlanRig();
});
afterAll(() => rig.close());
beforeEach(() => void (rig.now = MORNING));

/** Somebody with intervals this afternoon, a morning like this, and a week of much more training. */
async function spiked(view: object, shares: readonly string[] = ALL): Promise<Athlete> {
  const athlete = await rig.addAthlete(shares);
  await linkWatch(rig.database, [athlete.id]);
  await train(rig.database, { athleteIds: [athlete.id], today: TODAY, trained: SPIKE });
  await rig.setView(athlete, { revision: 1, view });
  const input = { athleteId: athlete.id, ...INTERVALS, allowsIncrease: true };
  expect((await rig.ask(rig.coach, SAVE, { input })).messages).toEqual([]);
  return athlete;
}

/** In the views of this basis the 7-day HRV is over its range, on so many days up to today. */
async function elevate(athlete: Athlete, days: number, basis: Basis = FULL_BASIS): Promise<void> {
  await rig.database.query(
    `insert into insights.readiness_day (athlete_id, date, basis, revision, reason, payload, week_scores, input_hash, computed_at, facts)
     select $1, $2::date - back, $3, 1, 'COMPUTED', '{}', '{}', '\\x00', $5, $6 from generate_series(0, $4::int - 1) back
     on conflict (athlete_id, date, basis) do update set facts = excluded.facts`,
    [athlete.id, TODAY, basis, days, MORNING, bitsOf(['HRV_ELEVATED'])],
  );
}

const stateOf = async (athlete: Athlete, id: string | undefined) => {
  const { data } = await rig.ask<{ suggestion: ShownSuggestion | null }>(
    athlete.viewer,
    'query ($id: ID!) { suggestion(id: $id) { state rule } }',
    { id },
  );
  return data.suggestion?.state;
};

const OVERLOAD = { rule: 'HRV_ELEVATED_OVERLOAD', to: { intensity: 'LOW', minutes: 75 } };

test('high HRV for three days behind a spike of load makes the hard session easy, and its acceptance stands', async () => {
  const athlete = await spiked(normal);
  expect((await rig.sessionOf(athlete)).suggestion).toBeNull();
  await elevate(athlete, 2);
  expect((await rig.sessionOf(athlete)).suggestion).toBeNull();
  await elevate(athlete, 3);
  const { suggestion } = await rig.sessionOf(athlete);
  expect(suggestion).toMatchObject(OVERLOAD);
  expect((await rig.accept(athlete.viewer, suggestion?.id)).messages).toEqual([]);
  expect((await rig.sessionOf(athlete)).suggestion).toMatchObject({ id: suggestion?.id, state: 'ACCEPTED' });
});

test('a high day grows a session only without a spike of load', async () => {
  const athlete = await spiked(high);
  expect((await rig.sessionOf(athlete)).suggestion).toBeNull();
  await rig.database.query('delete from health_data.workout where athlete_id = $1', [athlete.id]);
  expect((await rig.sessionOf(athlete)).suggestion).toMatchObject({ rule: 'READINESS_HIGH', to: { minutes: 85 } });
});

test('training that becomes known later is a CONFLICT, and the old suggestion is superseded', async () => {
  const athlete = await spiked(high);
  await rig.database.query(`update health_data.workout set delete_rank = 1 where athlete_id = $1`, [athlete.id]);
  const { suggestion } = await rig.sessionOf(athlete);
  expect(suggestion?.rule).toBe('READINESS_HIGH');
  expect(await stateOf(athlete, suggestion?.id)).toBe('PENDING');
  await rig.database.query(`update health_data.workout set delete_rank = 0 where athlete_id = $1`, [athlete.id]);
  const { codes, messages } = await rig.accept(athlete.viewer, suggestion?.id);
  expect(codes).toEqual(['CONFLICT']);
  expect(messages[0]).toContain('training before');
  expect(await stateOf(athlete, suggestion?.id)).toBe('SUPERSEDED');
  expect((await rig.sessionOf(athlete)).version).toBe(1);
});

test('the same holds where the days before lose their high HRV', async () => {
  const athlete = await spiked(normal);
  await elevate(athlete, 3);
  const { suggestion } = await rig.sessionOf(athlete);
  const before = dateOf(dayNumber(TODAY) - 2);
  await rig.database.query('update insights.readiness_day set facts = 0 where athlete_id = $1 and date = $2', [
    athlete.id,
    before,
  ]);
  expect((await rig.accept(athlete.viewer, suggestion?.id)).codes).toEqual(['CONFLICT']);
  expect(await stateOf(athlete, suggestion?.id)).toBe('SUPERSEDED');
});

test('a coach gets these rules with HRV and a week of training that is open to them, and not with less', async () => {
  const athlete = await spiked(normal);
  await rig.setView(athlete, { basis: 1, revision: 1, view: normal });
  await elevate(athlete, 3);
  await elevate(athlete, 3, 1);
  const seen = async (): Promise<string | undefined> => (await rig.sessionOf(athlete, rig.coach)).suggestion?.rule;
  const setSince = (signal: string, since: string) =>
    rig.database.query('update connections.consent set since = $3 where athlete_id = $1 and signal = $2', [
      athlete.id,
      signal,
      since,
    ]);
  expect(await seen()).toBe('HRV_ELEVATED_OVERLOAD');
  await setSince('TRAINING', dateOf(dayNumber(TODAY) - 6));
  expect(await seen()).toBeUndefined();
  await setSince('TRAINING', dateOf(dayNumber(TODAY) - 7));
  expect(await seen()).toBe('HRV_ELEVATED_OVERLOAD');
  await setSince('HRV', dateOf(dayNumber(TODAY) - 1));
  expect(await seen()).toBeUndefined();
});

test('with any source go the decisions that rest on the load', async () => {
  const [gone, other] = [await spiked(normal), await spiked(normal)];
  for (const athlete of [gone, other]) {
    await elevate(athlete, 3);
    expect((await rig.accept(athlete.viewer, (await rig.sessionOf(athlete)).suggestion?.id)).messages).toEqual([]);
  }
  await rig.database.query(
    `insert into health_data.erased_source (order_id, athlete_id, provider, row_count, erased_at)
     values (gen_random_uuid(), $1, 'GARMIN', 1, now())`,
    [gone.id],
  );
  const db = await rig.database.open('insights');
  const sources = await unforgottenSources(db, [gone.id, other.id]);
  await forgetSources(db, { sources, rescoredFrom: () => TODAY, now: MORNING });
  expect(JSON.stringify(await rig.sessionOf(gone))).not.toMatch(/OVERLOAD/);
  expect((await rig.sessionOf(other)).suggestion).toMatchObject({ ...OVERLOAD, state: 'ACCEPTED' });
});
