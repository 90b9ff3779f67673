/** How the first attempt went; status 0 means no answer (refused, cut off, or slower than the vendor waits). */
export interface Attempt {
  eventType: string;
  dataType: string;
  status: number;
  ms: number;
}

/** One attempt at a delivery, for whoever watches; bodies are not kept. */
export interface LoggedAttempt extends Attempt {
  provider: string;
  atMs: number;
  /** 1 for the first. */
  attempt: number;
  isForged: boolean;
  /** Answered as this vendor wants it. */
  isTaken: boolean;
  /** No further attempt follows: it was taken, or given up. */
  isOver: boolean;
}

/** The last deliveries of all vendors, newest first. Held in memory only. */
export interface DeliveryLog {
  add(attempt: LoggedAttempt): void;
  recent(): readonly LoggedAttempt[];
}

const KEPT = 100;

export function createDeliveryLog(): DeliveryLog {
  let attempts: LoggedAttempt[] = [];
  return {
    add: (attempt) => {
      attempts = [attempt, ...attempts].slice(0, KEPT);
    },
    recent: () => attempts,
  };
}
