import { CALIBRATION_NIGHTS } from '../readiness/look.ts';

/** The words of the looks that cells share; each look differs in words, not in colour alone. */
export function EstimatedTag() {
  return (
    <abbr className="tag" title="From the last nights; last night is missing">
      est.
    </abbr>
  );
}

export function CalibratingWords({ night }: { night: number }) {
  return (
    <span className="quiet" title="What is usual is known after seven nights">
      night {night} of {CALIBRATION_NIGHTS}
    </span>
  );
}
