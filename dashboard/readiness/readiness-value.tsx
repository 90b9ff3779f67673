import { inWords } from '../local-time.ts';
import type { Look, Readiness } from './look.ts';
import { CALIBRATION_NIGHTS } from './look.ts';
import { BandMark, ConfidenceMark, Hidden, LockMark } from './marks.tsx';
import { bandMeanings, bandWords, basisWords, capitalised, confidenceWords, listed, signalWord } from './words.ts';

/** The readiness of one athlete and day in one of its looks. The text always holds the whole meaning. */
export function ReadinessValue({ readiness, look }: { readiness: Readiness; look: Look }) {
  if (look.kind === 'value' || look.kind === 'estimated') {
    const isEstimated = look.kind === 'estimated';
    const confidence = readiness.confidenceLevel;
    return (
      <span className={`readiness readiness-${look.band.toLowerCase()}`} title={titleOf(readiness)}>
        <span className={`score${isEstimated ? ' score-estimated' : ''}`}>{look.score}</span>{' '}
        <span className="band">
          <BandMark band={look.band} isHollow={isEstimated} /> {bandWords[look.band]}
        </span>{' '}
        {confidence && (
          <span className="confidence-words">
            <ConfidenceMark level={confidence} />
            <Hidden> {confidenceWords[confidence]}, </Hidden>
          </span>
        )}
        {isEstimated && (
          <abbr className="tag" title="Estimated from the last days">
            est.
          </abbr>
        )}
        <Hidden> {basisWords(readiness.basis)}</Hidden>
      </span>
    );
  }
  return <NoScore look={look} />;
}

function NoScore({ look }: { look: Exclude<Look, { kind: 'value' | 'estimated' }> }) {
  switch (look.kind) {
    case 'not-shared':
      return <NotShared />;
    case 'too-little-shared':
      return (
        <span className="no-score" title="A score needs HRV, or resting HR and sleep together">
          <BandMark band={null} /> no score{' '}
          <span className="aside">only {listed(look.basis.map(signalWord))} shared</span>
        </span>
      );
    case 'calibrating':
      return (
        <span className="no-score" title="A score needs seven earlier nights of a signal">
          <NightsMark night={look.night} /> <span className="aside">calibrating</span> night {look.night} of{' '}
          {CALIBRATION_NIGHTS}
        </span>
      );
    case 'expected':
      return (
        <span className="no-score">
          <BandMark band={null} /> expected by 07:00
        </span>
      );
    case 'no-data':
      break;
  }
  return (
    <span className="no-score">
      <BandMark band={null} /> no data
    </span>
  );
}

export function NotShared({ words = 'not shared' }: { words?: string }) {
  return (
    <span className="not-shared">
      <LockMark /> {words}
    </span>
  );
}

function NightsMark({ night }: { night: number }) {
  return (
    <svg className="nights" viewBox="0 0 41 8" width="41" height="8" aria-hidden="true">
      {Array.from({ length: CALIBRATION_NIGHTS }, (_, index) => (
        <rect
          key={index}
          className={index < night ? 'done' : 'open'}
          x={index * 6 + 0.5}
          y="0.5"
          width="4"
          height="7"
          rx="1"
        />
      ))}
    </svg>
  );
}

function titleOf(readiness: Readiness): string {
  const parts = [
    readiness.band && bandMeanings[readiness.band],
    readiness.stale && 'estimated from the last days',
    readiness.confidenceLevel && confidenceWords[readiness.confidenceLevel],
    basisWords(readiness.basis),
    inWords.shortDay(readiness.date),
  ];
  return capitalised(parts.filter((part) => typeof part === 'string').join('; '));
}
