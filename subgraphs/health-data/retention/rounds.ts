import { withAdvisoryLock } from '#platform/database';
import { startRounds, type Rounds } from '#platform/rounds';
import { forgetDeliveries } from './deliveries.ts';
import { forgetLetters } from './letters.ts';
import { dropSampleMonths, forgetSampleRecords, makeSampleMonths, type SampleParts } from './sample-months.ts';

const EVERY_MS = 3_600_000;

const STEPS: readonly ((parts: SampleParts) => Promise<void>)[] = [
  makeSampleMonths,
  dropSampleMonths,
  forgetSampleRecords,
  forgetDeliveries,
  forgetLetters,
];

/** At start and every hour, one replica at a time: makes the months of samples to come, removes what is past its time. */
export function startRetention(parts: SampleParts): Rounds {
  return startRounds({
    everyMs: EVERY_MS,
    complaint: 'retention did not run and is tried again in an hour',
    log: parts.log,
    async round() {
      await withAdvisoryLock(parts.db, 'health-data/retention', () => keepToRetention(parts));
      return 'done';
    },
  });
}

/** A step that fails is logged and keeps none of the others from their work. */
export async function keepToRetention(parts: SampleParts): Promise<void> {
  for (const step of STEPS) {
    try {
      await step(parts);
    } catch (error) {
      parts.log.error({ err: error, step: step.name }, 'a step of retention failed and is tried again in an hour');
    }
  }
}
