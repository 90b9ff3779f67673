import { useEffect, useRef, useState } from 'react';
import { useMutation } from 'urql';
import { CancelBackfillDocument, SyncJobProgressDocument, type SyncJobViewFragment } from '../graphql/graphql.ts';
import { inWords } from '../local-time.ts';
import { useServices } from '../services.ts';

const ENDED: ReadonlySet<SyncJobViewFragment['state']> = new Set(['DONE', 'FAILED', 'CANCELLED']);

/** How far the loading of history has come, live. */
export function SyncProgress({ jobId, onEnd }: { jobId: string; onEnd: () => void }) {
  const { live } = useServices();
  const [job, setJob] = useState<SyncJobViewFragment | null>(null);
  const [, cancel] = useMutation(CancelBackfillDocument);
  const hasEnded = job !== null && ENDED.has(job.state);
  const ending = useRef(onEnd);
  ending.current = onEnd;

  useEffect(() => {
    if (hasEnded) {
      ending.current();
      return undefined;
    }
    return live.watch({
      document: SyncJobProgressDocument,
      variables: () => ({ jobId }),
      onData: ({ syncJobProgress }) => setJob(syncJobProgress),
    });
  }, [live, jobId, hasEnded]);

  if (!job) return <p className="aside">Waiting for progress…</p>;
  return (
    <div className="progress" data-testid="sync-progress">
      <p role="status">{jobWords(job)}</p>
      {!hasEnded && (
        <>
          <progress aria-label="History loaded" value={job.stepsDone} max={Math.max(1, job.stepsTotal)} />
          <button type="button" className="button button-quiet" onClick={() => void cancel({ jobId })}>
            Stop loading
          </button>
        </>
      )}
    </div>
  );
}

function jobWords(job: SyncJobViewFragment): string {
  const window = `${inWords.dayMonth(job.from)} to ${inWords.dayMonth(job.to)}`;
  switch (job.state) {
    case 'QUEUED':
      return `History of ${window}: waiting to start.`;
    case 'RUNNING':
      return `History of ${window}: step ${job.stepsDone} of ${job.stepsTotal}, ${job.records} records so far.`;
    case 'DONE':
      return `History of ${window} is loaded: ${job.records} records. ${job.failureReason ?? ''}`.trimEnd();
    case 'FAILED':
      return job.failureReason ?? 'Loading the history failed. Try again later.';
    case 'CANCELLED':
      break;
  }
  return `Loading was stopped after ${job.records} records; what was loaded stays.`;
}
