import type { Band, ConfidenceLevel } from '../graphql/graphql.ts';

/** The shapes of the bands, readable without colour: up triangle, dot, half-filled down triangle, filled down triangle. */
export function BandMark({
  band,
  isHollow = false,
  size = 16,
}: {
  band: Band | null;
  isHollow?: boolean;
  size?: number;
}) {
  return (
    <svg
      className={`mark mark-${(band ?? 'none').toLowerCase()}${isHollow ? ' mark-hollow' : ''}`}
      viewBox="-8 -8 16 16"
      width={size}
      height={size}
      aria-hidden="true"
    >
      <BandShape band={band} />
    </svg>
  );
}

/** The bare shape around (0, 0), some 12 units across, for use inside charts. */
export function BandShape({ band }: { band: Band | null }) {
  if (band === 'HIGH') return <path className="shape fill" d="M0-6 6.4 5h-12.8z" />;
  if (band === 'NORMAL') return <circle className="shape fill" r="4.6" />;
  if (band === 'LOW') return <path className="shape fill" d="M0 6-6.4-5h12.8z" />;
  if (band === 'REDUCED') {
    return (
      <>
        <path className="shape" d="M0 6-6.4-5h12.8z" />
        <path className="half" d="M0 6-6.4-5H0z" />
      </>
    );
  }
  return <circle className="shape" r="4.6" strokeDasharray="2.6 2.2" />;
}

/** Full, half or hollow circle. The words stand beside it, hidden from sight where space is short. */
export function ConfidenceMark({ level }: { level: ConfidenceLevel }) {
  return (
    <svg className="confidence" viewBox="-6 -6 12 12" width="11" height="11" aria-hidden="true">
      <circle className="ring" r="4.5" />
      {level === 'HIGH' && <circle className="disc" r="4.5" />}
      {level === 'MEDIUM' && <path className="disc" d="M0-4.5a4.5 4.5 0 0 0 0 9z" />}
    </svg>
  );
}

export function LockMark() {
  return (
    <svg className="lock" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <rect x="3" y="7" width="10" height="7" rx="1.6" />
      <path d="M5 7V5a3 3 0 0 1 6 0v2" />
    </svg>
  );
}

export function Hidden({ children }: { children: React.ReactNode }) {
  return <span className="visually-hidden">{children}</span>;
}
