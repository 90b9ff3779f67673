import type { Intensity } from '../graphql/graphql.ts';
import { INTENSITIES } from './words.ts';

/** Four steps, filled as far as the session is hard: told by shape, beside the word. A rest is an empty line. */
export function IntensityMark({ intensity }: { intensity: Intensity }) {
  const level = INTENSITIES.indexOf(intensity);
  return (
    <svg className="intensity-mark" viewBox="0 0 23 14" width="23" height="14" aria-hidden="true">
      {[1, 2, 3, 4].map((step) => (
        <rect
          key={step}
          className={step <= level ? 'done' : 'open'}
          x={(step - 1) * 6 + 0.5}
          y={13.5 - step * 3}
          width="4"
          height={step * 3}
          rx="1"
        />
      ))}
    </svg>
  );
}
