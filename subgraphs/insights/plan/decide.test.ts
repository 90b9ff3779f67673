import fc from 'fast-check';
import { forgetSources, unforgottenSources } from '../readiness/views/erased-sources.ts';
import {
  createPlanRig,
  INTERVALS,
  MORNING,
  REMOVE,
  REVERT,
  SAVE,
  type Athlete,
  type PlanRig,
  type ShownSession,
  type ShownSuggestion,
} from './plan.test-support.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const STARTED = new Date('2026-11-20T15:00:00Z');
const ALL = ['HRV', 'RESTING_HEART_RATE', 'SLEEP', 'TRAINING'];
const low = { score: 30, band: 'LOW' as const };
const reduced = { score: 50, band: 'REDUCED' as const };

let rig: PlanRig;
beforeAll(async () => {
  rig = await createPlanRig();
});
afterAll(() => rig.close());
beforeEach(() => void (rig.now = MORNING));

type Viewer = PlanRig['coach'];

const revert = (viewer: Viewer, id: string | undefined) =>
  rig.ask<{ revertSuggestion: ShownSession }>(viewer, REVERT, { id });
const edit = (viewer: Viewer, session: ShownSession, more: object) =>
  rig.ask(viewer, SAVE, { input: { ...INTERVALS, id: session.id, version: session.version, ...more } });
const lookBack = async (athlete: Athlete, id: string) =>
  (
    await rig.ask<{ suggestion: ShownSuggestion | null }>(
      athlete.viewer,
      'query ($id: ID!) { suggestion(id: $id) { id state rule to { minutes } } }',
      { id },
    )
  ).data.suggestion;

/** An athlete with intervals this afternoon, and a low morning. */
async function lowMorning(more: object = {}, shares: readonly string[] = ALL): Promise<Athlete> {
  const athlete = await rig.addAthlete(shares);
  await rig.setView(athlete, { revision: 1, view: low });
  const { messages } = await rig.ask(rig.coach, SAVE, { input: { athleteId: athlete.id, ...INTERVALS, ...more } });
  expect(messages).toEqual([]);
  return athlete;
}

describe('an athlete', () => {
  it('accepts, and the plan is the suggestion; takes it back, and the plan is as it was; both stand in the history', async () => {
    const athlete = await lowMorning();
    const { suggestion } = await rig.sessionOf(athlete);
    expect(suggestion).toMatchObject({
      state: 'PENDING',
      rule: 'READINESS_LOW',
      from: { intensity: 'HIGH', minutes: 75, load: 525 },
      to: { intensity: 'LOW', minutes: 45, load: 135 },
      expiresAt: STARTED.toISOString(),
    });
    for (let n = 0; n < 2; n += 1) {
      const { data } = await rig.accept(athlete.viewer, suggestion?.id);
      expect(data.acceptSuggestion).toMatchObject({
        version: 2,
        intensity: 'LOW',
        minutes: 45,
        suggestion: { id: suggestion?.id, state: 'ACCEPTED', to: { minutes: 45 } },
      });
    }
    for (let n = 0; n < 2; n += 1) {
      const { data } = await revert(athlete.viewer, suggestion?.id);
      expect(data.revertSuggestion).toMatchObject({
        version: 3,
        intensity: 'HIGH',
        minutes: 75,
        suggestion: { state: 'REVERTED' },
      });
    }
    const { changes } = await rig.sessionOf(athlete);
    expect(changes.map(({ action, by, at }) => [action, by, at])).toEqual([
      ['CREATED', 'COACH', MORNING.toISOString()],
      ['ACCEPTED', 'ATHLETE', MORNING.toISOString()],
      ['REVERTED', 'ATHLETE', MORNING.toISOString()],
    ]);
    expect((await rig.accept(athlete.viewer, suggestion?.id)).codes).toEqual(['CONFLICT']);
  });

  it('keeps the plan: nothing is written into it, and a later score does not ask again', async () => {
    const athlete = await lowMorning();
    const { suggestion } = await rig.sessionOf(athlete);
    const { data } = await revert(athlete.viewer, suggestion?.id);
    expect(data.revertSuggestion).toMatchObject({ version: 1, minutes: 75, suggestion: { state: 'REVERTED' } });
    await rig.setView(athlete, { revision: 2, view: reduced });
    expect((await rig.sessionOf(athlete)).suggestion).toMatchObject({ id: suggestion?.id, state: 'REVERTED' });
    expect((await rig.sessionOf(athlete)).changes).toHaveLength(1);
  });

  it('who kept the plan may still change their mind while it is the newest suggestion', async () => {
    const athlete = await lowMorning();
    const { suggestion } = await rig.sessionOf(athlete);
    await revert(athlete.viewer, suggestion?.id);
    expect((await rig.accept(athlete.viewer, suggestion?.id)).data.acceptSuggestion).toMatchObject({
      version: 2,
      minutes: 45,
    });
  });

  it('is told of a session that was changed since, and nothing is applied', async () => {
    const athlete = await lowMorning();
    const session = await rig.sessionOf(athlete);
    await edit(rig.coach, session, { minutes: 90 });
    const { codes, messages } = await rig.accept(athlete.viewer, session.suggestion?.id);
    expect([codes, messages[0]]).toEqual([['CONFLICT'], expect.stringMatching(/at version 2.*for version 1/)]);
    expect((await lookBack(athlete, session.suggestion?.id ?? ''))?.state).toBe('SUPERSEDED');
    expect(await rig.sessionOf(athlete)).toMatchObject({
      version: 2,
      minutes: 90,
      suggestion: { state: 'PENDING', baseVersion: 2 },
    });
  });

  it('is told of readiness that was computed anew; the old suggestion is superseded, as it was', async () => {
    const athlete = await lowMorning();
    const { suggestion } = await rig.sessionOf(athlete);
    await rig.setView(athlete, { revision: 2, view: reduced });
    const { codes, messages } = await rig.accept(athlete.viewer, suggestion?.id);
    expect([codes, messages[0]]).toEqual([['CONFLICT'], expect.stringMatching(/Readiness was computed anew/)]);
    expect(await rig.sessionOf(athlete)).toMatchObject({
      version: 1,
      suggestion: { state: 'PENDING', rule: 'READINESS_REDUCED' },
    });
    expect(await lookBack(athlete, suggestion?.id ?? '')).toMatchObject({
      state: 'SUPERSEDED',
      rule: 'READINESS_LOW',
      to: { minutes: 45 },
    });
  });

  it('is told of a plan of the days before that was changed since', async () => {
    const athlete = await lowMorning();
    await rig.setView(athlete, { revision: 2, view: { score: 70, band: 'NORMAL' } });
    const before = await Promise.all(
      ['2026-11-18', '2026-11-19'].map((date) =>
        rig.ask<{ saveScheduledSession: ShownSession }>(athlete.viewer, SAVE, { input: { ...INTERVALS, date } }),
      ),
    );
    const { suggestion } = await rig.sessionOf(athlete);
    expect(suggestion?.rule).toBe('TWO_HIGH_IN_ROW');
    await rig.ask(athlete.viewer, REMOVE, { id: before[0]?.data.saveScheduledSession.id });
    expect((await rig.accept(athlete.viewer, suggestion?.id)).codes).toEqual(['CONFLICT']);
    expect((await rig.sessionOf(athlete)).suggestion).toBeNull();
  });

  it('a later score never touches what was decided', async () => {
    const athlete = await lowMorning();
    const { suggestion } = await rig.sessionOf(athlete);
    await rig.accept(athlete.viewer, suggestion?.id);
    await rig.setView(athlete, { revision: 2, view: { score: 90, band: 'HIGH' } });
    expect(await rig.sessionOf(athlete)).toMatchObject({
      version: 2,
      minutes: 45,
      suggestion: { state: 'ACCEPTED', revision: 1 },
    });
    expect((await revert(athlete.viewer, suggestion?.id)).data.revertSuggestion).toMatchObject({ minutes: 75 });
  });

  it('a change by hand ends what was decided, and undoing it then is a CONFLICT', async () => {
    const athlete = await lowMorning();
    const { suggestion } = await rig.sessionOf(athlete);
    await rig.accept(athlete.viewer, suggestion?.id);
    await edit(rig.coach, await rig.sessionOf(athlete), { intensity: 'MODERATE', minutes: 60 });
    expect((await revert(athlete.viewer, suggestion?.id)).codes).toEqual(['CONFLICT']);
    expect(await rig.sessionOf(athlete)).toMatchObject({
      minutes: 60,
      suggestion: { state: 'PENDING', baseVersion: 3 },
    });
  });

  it('after the start neither accepts nor takes back', async () => {
    const [open, accepted] = [await lowMorning(), await lowMorning()];
    const [a, b] = [await rig.sessionOf(open), await rig.sessionOf(accepted)];
    await rig.accept(accepted.viewer, b.suggestion?.id);
    rig.now = STARTED;
    for (const answer of [
      await rig.accept(open.viewer, a.suggestion?.id),
      await revert(open.viewer, a.suggestion?.id),
      await revert(accepted.viewer, b.suggestion?.id),
    ])
      expect(answer.codes).toEqual(['CONFLICT']);
    expect((await rig.sessionOf(open)).suggestion?.state).toBe('EXPIRED');
    expect((await rig.sessionOf(accepted)).suggestion?.state).toBe('ACCEPTED');
    expect((await lookBack(open, a.suggestion?.id ?? ''))?.state).toBe('EXPIRED');
  });

  it('a session without a time is open until the end of the athlete’s day, and one of yesterday gets none', async () => {
    const athlete = await lowMorning({ startTime: null });
    expect((await rig.sessionOf(athlete)).suggestion).toMatchObject({
      state: 'PENDING',
      expiresAt: '2026-11-20T22:00:00.000Z',
    });
    rig.now = new Date('2026-11-20T22:00:00Z');
    expect((await rig.sessionOf(athlete)).suggestion).toBeNull();
  });

  it('reads advice on a locked session, and cannot accept it', async () => {
    const athlete = await lowMorning({ isLocked: true });
    const { suggestion } = await rig.sessionOf(athlete);
    expect(suggestion).toMatchObject({ isAdviceOnly: true, to: { intensity: 'LOW', minutes: 45 } });
    expect((await rig.accept(athlete.viewer, suggestion?.id)).codes).toEqual(['CONFLICT']);
    expect((await rig.sessionOf(athlete)).version).toBe(1);
  });

  it('is offered more only where the coach switched that on', async () => {
    const high = { score: 90, band: 'HIGH' as const };
    const [allowed, other] = [await lowMorning({ allowsIncrease: true }), await lowMorning()];
    for (const athlete of [allowed, other]) await rig.setView(athlete, { revision: 2, view: high });
    expect((await rig.sessionOf(allowed)).suggestion).toMatchObject({ rule: 'READINESS_HIGH', to: { minutes: 85 } });
    expect((await rig.sessionOf(other)).suggestion).toBeNull();
  });

  it('accepting twice at once writes one version', async () => {
    const athlete = await lowMorning();
    const { suggestion } = await rig.sessionOf(athlete);
    const answers = await Promise.all(Array.from({ length: 6 }, () => rig.accept(athlete.viewer, suggestion?.id)));
    expect(answers.flatMap(({ codes }) => codes)).toEqual([]);
    expect((await rig.sessionOf(athlete)).version).toBe(2);
  });

  it('decides about nobody else’s, and a coach decides about none', async () => {
    const [athlete, other] = [await lowMorning(), await lowMorning()];
    const { suggestion } = await rig.sessionOf(athlete);
    const seenByCoach = (await rig.sessionOf(athlete, rig.coach)).suggestion;
    for (const id of [suggestion?.id, seenByCoach?.id, 'nonsense', '']) {
      expect((await rig.accept(other.viewer, id)).codes).toEqual(['NOT_FOUND']);
      expect((await revert(other.viewer, id)).codes).toEqual(['NOT_FOUND']);
      expect((await rig.accept(rig.coach, id)).codes).toEqual(['FORBIDDEN']);
    }
    expect(await lookBack(other, suggestion?.id ?? '')).toBeNull();
    expect((await rig.sessionOf(athlete)).version).toBe(1);
  });
});

test('with a source go the decisions that rest on it and their reasons; the plan and other decisions stay', async () => {
  const [gone, other] = [await lowMorning(), await lowMorning()];
  await rig.setView(gone, { revision: 2, view: low, streams: ['HRV oura:rmssd:average_of_night'] });
  await rig.setView(other, { revision: 2, view: low, streams: ['HRV whoop:rmssd:sleep'] });
  for (const athlete of [gone, other]) await rig.accept(athlete.viewer, (await rig.sessionOf(athlete)).suggestion?.id);
  await rig.database.query(
    `insert into health_data.erased_source (order_id, athlete_id, provider, row_count, erased_at)
     select gen_random_uuid(), id, 'OURA', 1, now() from unnest($1::uuid[]) id`,
    [[gone.id, other.id]],
  );
  const db = await rig.database.open('insights');
  const sources = await unforgottenSources(db, [gone.id, other.id]);
  await forgetSources(db, { sources, rescoredFrom: () => '2026-11-21', now: MORNING });
  const left = await rig.database.query(
    `select athlete_id as id from insights.suggestion_decision where athlete_id = any($1)`,
    [[gone.id, other.id]],
  );
  expect(left).toEqual([{ id: other.id }]);
  const session = await rig.sessionOf(gone);
  expect(session).toMatchObject({ version: 2, minutes: 45, suggestion: null });
  expect(JSON.stringify(session)).not.toMatch(/READINESS/);
  expect((await rig.sessionOf(other)).suggestion?.state).toBe('ACCEPTED');
});

/** What the rules of readiness.md, section 12, say of one session on one day, as simply as it can be said. */
interface Model {
  version: number;
  minutes: number;
  revision: number;
  suggested: { id: string; base: number; revision: number } | null;
  decided: { id: string; state: 'ACCEPTED' | 'REVERTED'; base: number; at: number } | null;
  hasStarted: boolean;
}

const steps = fc.array(
  fc.constantFrom('look', 'accept', 'accept-old', 'revert', 'edit', 'score', 'start', 'accept', 'revert'),
  { minLength: 1, maxLength: 14 },
);

test(`any order of looking, accepting, taking back, editing, new scores and the start keeps the rules (SEED=${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (order) => {
      rig.now = MORNING;
      const athlete = await lowMorning();
      const seen: string[] = [];
      const model: Model = { version: 1, minutes: 75, revision: 1, suggested: null, decided: null, hasStarted: false };
      for (const step of order) await take({ step, athlete, model, seen });
      const session = await rig.sessionOf(athlete);
      expect(session).toMatchObject({ version: model.version, minutes: model.minutes });
      expect(session.changes.map(({ version }) => version)).toEqual(
        Array.from({ length: model.version }, (_, n) => n + 1),
      );
    }),
    { seed, numRuns: 25 },
  );
}, 120_000);

async function take(parts: { step: string; athlete: Athlete; model: Model; seen: string[] }): Promise<void> {
  const { step, athlete, model, seen } = parts;
  if (step === 'start') {
    model.hasStarted = true;
    rig.now = STARTED;
  } else if (step === 'edit') {
    model.version += 1;
    // Between 76 and 200: each a new value, and each suggests something.
    model.minutes = 75 + model.version;
    const session = await rig.sessionOf(athlete);
    await edit(athlete.viewer, session, { intensity: 'HIGH', minutes: model.minutes });
  } else if (step === 'score') {
    model.revision += 1;
    await rig.setView(athlete, { revision: model.revision, view: { score: 40 - model.revision, band: 'LOW' } });
  } else if (step === 'look') await look(parts);
  else await decideOnce(step === 'accept-old' ? { ...parts, id: seen[0] } : { ...parts, id: seen.at(-1) });
}

async function look({ athlete, model, seen }: { athlete: Athlete; model: Model; seen: string[] }): Promise<void> {
  const { suggestion } = await rig.sessionOf(athlete);
  if (model.decided && model.decided.at === model.version) {
    expect(suggestion).toMatchObject({ id: model.decided.id, state: model.decided.state });
    return;
  }
  expect(suggestion).toMatchObject({
    state: model.hasStarted ? 'EXPIRED' : 'PENDING',
    baseVersion: model.version,
    revision: model.revision,
  });
  if (suggestion && seen.at(-1) !== suggestion.id) seen.push(suggestion.id);
}

async function decideOnce(parts: {
  step: string;
  athlete: Athlete;
  model: Model;
  id: string | undefined;
}): Promise<void> {
  const { step, athlete, model, id } = parts;
  if (id === undefined) return;
  const before = await rig.sessionOf(athlete);
  const shown = await lookBack(athlete, id);
  const isRevert = step === 'revert';
  const { codes } = isRevert ? await revert(athlete.viewer, id) : await rig.accept(athlete.viewer, id);
  const after = await rig.sessionOf(athlete);
  const now = (await lookBack(athlete, id))?.state;
  if (codes.length > 0) {
    // A refusal says so and writes nothing; what it speaks of was not open, or was decided the other way for good.
    expect(codes).toEqual(['CONFLICT']);
    expect(after).toEqual(before);
    expect(now).toBe(shown?.state);
    expect(shown?.state).not.toBe('PENDING');
    return;
  }
  expect(now).toBe(isRevert ? 'REVERTED' : 'ACCEPTED');
  // Nothing that is expired or superseded can be decided.
  expect(['PENDING', 'ACCEPTED', 'REVERTED']).toContain(shown?.state);
  if (shown?.state === now) expect(after).toEqual(before);
  if (after.version !== before.version) {
    expect(after.version).toBe(before.version + 1);
    expect(model.hasStarted).toBe(false);
  }
  model.version = after.version;
  model.minutes = after.minutes;
  model.decided = {
    id,
    state: isRevert ? 'REVERTED' : 'ACCEPTED',
    base: after.suggestion?.baseVersion ?? 0,
    at: shown?.state === now && model.decided?.id === id ? model.decided.at : after.version,
  };
}
