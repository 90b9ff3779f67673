import { useRef, useState } from 'react';
import { useMutation } from 'urql';
import { sentenceOf } from '../client.ts';
import { SaveManualWorkoutDocument } from '../graphql/graphql.ts';
import { browserZone, zoneName } from '../local-time.ts';

/** The words of CR-10 where it has some (Foster et al. 2001). */
const EFFORTS = [
  [0, '0 rest'],
  [1, '1 very easy'],
  [2, '2 easy'],
  [3, '3 moderate'],
  [4, '4 somewhat hard'],
  [5, '5 hard'],
  [6, '6'],
  [7, '7 very hard'],
  [8, '8'],
  [9, '9'],
  [10, '10 maximal'],
] as const;

/** A session that no device recorded. */
export function ManualWorkout({ timeZone }: { timeZone: string }) {
  const [{ fetching, error }, save] = useMutation(SaveManualWorkoutDocument);
  const [added, setAdded] = useState<string | null>(null);
  // One id for one session: pressing twice, or again after a lost answer, adds it once.
  const id = useRef(crypto.randomUUID());

  async function add(form: HTMLFormElement): Promise<void> {
    const fields = new FormData(form);
    const text = (name: string): string => String(fields.get(name) ?? '').trim();
    const distanceKm = text('distanceKm');
    const rpe = text('rpe');
    const input = {
      id: id.current,
      sport: text('sport'),
      startedAt: new Date(text('startedAt')).toISOString(),
      durationMin: Number(text('durationMin')),
      distanceM: distanceKm === '' ? null : Number(distanceKm) * 1000,
      avgHr: text('avgHr') === '' ? null : Number(text('avgHr')),
    };
    const result = await save({ input, rpe: rpe === '' ? null : Number(rpe) });
    if (result.error) return;
    id.current = crypto.randomUUID();
    setAdded(input.sport);
    form.reset();
  }

  return (
    <details className="card by-hand">
      <summary>Add a session by hand</summary>
      <form
        className="by-hand-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!fetching) void add(event.currentTarget);
        }}
      >
        <label className="field">
          Sport
          <input name="sport" required maxLength={40} placeholder="running" autoComplete="off" />
        </label>
        <label className="field">
          Began{timeZone !== browserZone && ` (${zoneName(browserZone)} time)`}
          <input name="startedAt" type="datetime-local" required max={localNow()} />
        </label>
        <label className="field">
          Minutes
          <input name="durationMin" type="number" inputMode="numeric" required min={1} max={1440} />
        </label>
        <label className="field">
          How hard was it?
          <select name="rpe" defaultValue="">
            <option value="">not rated</option>
            {EFFORTS.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          Distance, km (if you like)
          <input name="distanceKm" type="number" inputMode="decimal" min={0} max={1000} step="any" />
        </label>
        <label className="field">
          Average heart rate (if you like)
          <input name="avgHr" type="number" inputMode="numeric" min={20} max={250} />
        </label>
        <div className="by-hand-end">
          <button type="submit" className="button" disabled={fetching}>
            Add session
          </button>
          <p className="aside" role="status">
            {error ? sentenceOf(error) : added !== null && `Added: ${added}.`}
          </p>
        </div>
      </form>
    </details>
  );
}

/** Now, as the field writes it: the clock of this device. */
function localNow(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
