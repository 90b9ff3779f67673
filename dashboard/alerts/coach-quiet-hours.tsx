import { useState } from 'react';
import type { AlertPreferencesViewFragment } from '../graphql/graphql.ts';
import { browserZone, zoneName } from '../local-time.ts';

type Hours = { from: string; to: string; timeZone: string };

/** A coach's own quiet hours, for all their teams. The zone is one that is in use, or that of this browser. */
export function CoachQuietHours(parts: {
  hours: AlertPreferencesViewFragment['quietHours'];
  isBusy: boolean;
  onSave: (hours: Hours) => Promise<boolean>;
}) {
  const { hours, isBusy, onSave } = parts;
  const [from, setFrom] = useState(hours.from);
  const [to, setTo] = useState(hours.to);
  const [timeZone, setTimeZone] = useState(hours.timeZone);
  const zones = [...new Set([hours.timeZone, browserZone])];
  const isChanged = from !== hours.from || to !== hours.to || timeZone !== hours.timeZone;
  return (
    <form
      className="quiet-hours"
      onSubmit={(event) => {
        event.preventDefault();
        void onSave({ from, to, timeZone });
      }}
    >
      <label className="field">
        From
        <input type="time" required value={from} onChange={(event) => setFrom(event.target.value)} />
      </label>
      <label className="field">
        To
        <input type="time" required value={to} onChange={(event) => setTo(event.target.value)} />
      </label>
      <label className="field">
        In the time of
        <select value={timeZone} onChange={(event) => setTimeZone(event.target.value)}>
          {zones.map((zone) => (
            <option key={zone} value={zone}>
              {zoneName(zone)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="button" disabled={isBusy || !isChanged}>
        Save
      </button>
      <p className="quiet">For all your teams. What comes up meanwhile waits, and is dropped if it has passed.</p>
    </form>
  );
}
