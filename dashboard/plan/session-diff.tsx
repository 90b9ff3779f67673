import { signed } from '../local-time.ts';
import { capitalised, confidenceWords, driverWord } from '../readiness/words.ts';
import { IntensityMark } from './marks.tsx';
import { intensityChange, intensityWords, minutesWords, type Suggestion } from './words.ts';

/** Planned and suggested side by side; what differs is told by a word and a sign. */
export function SessionDiff({ suggestion }: { suggestion: Suggestion }) {
  const { from, to, state } = suggestion;
  const isTaken = state === 'ACCEPTED';
  const change = intensityChange(from.intensity, to.intensity);
  return (
    <table className={`diff${isTaken ? ' diff-taken' : ''}`}>
      <caption className="visually-hidden">The session as planned and as suggested</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">What</span>
          </th>
          <th scope="col">Planned</th>
          <th scope="col">Suggested</th>
          <th scope="col">
            <span className="visually-hidden">Difference</span>
          </th>
        </tr>
      </thead>
      <tbody>
        <Line name="Intensity" isSame={change === 'same'} difference={change}>
          {[from, to].map(({ intensity }) => (
            <>
              <IntensityMark intensity={intensity} /> {capitalised(intensityWords[intensity])}
            </>
          ))}
        </Line>
        <Line
          name="Duration"
          isSame={from.minutes === to.minutes}
          difference={`${signed(to.minutes - from.minutes)} min`}
        >
          {[minutesWords(from.minutes), minutesWords(to.minutes)]}
        </Line>
        <Line name="Load" isSame={from.load === to.load} difference={signed(to.load - from.load)}>
          {[String(from.load), String(to.load)]}
        </Line>
      </tbody>
    </table>
  );
}

function Line(parts: { name: string; isSame: boolean; difference: string; children: readonly React.ReactNode[] }) {
  const { name, isSame, difference, children } = parts;
  const [planned, suggested] = children;
  return (
    <tr className={isSame ? 'diff-same' : 'diff-changed'}>
      <th scope="row">{name}</th>
      <td>{planned}</td>
      <td>{suggested}</td>
      <td>
        <span className="diff-sign">{isSame ? 'same' : difference}</span>
      </td>
    </tr>
  );
}

/** The rule in a sentence, and up to three drivers that speak for it. */
export function SuggestionReason({ suggestion }: { suggestion: Suggestion }) {
  const { sentence, rationale } = suggestion;
  return (
    <div className="reason">
      <p>{sentence}</p>
      {rationale.drivers.length > 0 && (
        <ul className="reason-drivers" aria-label="What speaks for it, in points of the score">
          {rationale.drivers.map(({ id, points }) => (
            <li key={id}>
              {capitalised(driverWord(id))} <b>{signed(points)}</b>
            </li>
          ))}
        </ul>
      )}
      <p className="aside">{capitalised(confidenceWords[rationale.confidenceLevel])}</p>
    </div>
  );
}
