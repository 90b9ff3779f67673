import { table } from './report.ts';
import type { Status } from './status-file.ts';

const NAMES: readonly (readonly [key: string, label: string])[] = [
  ['dashboard', 'Dashboard'],
  ['graphiql', 'GraphiQL'],
  ['graphql', 'GraphQL'],
  ['subscriptions', 'Subscriptions'],
  ['rest', 'REST'],
  ['webhooks', 'Webhooks'],
  ['uploads', 'Uploads'],
  ['ingest', 'Ingest'],
  ['simulator', 'Simulator'],
];

export const NOT_FOR_PRODUCTION =
  'This is a demo on loopback with generated keys and passwords, not for production; docs/how-to tells how to run it for real.';

/** What a person needs after the start: addresses, metrics, demo logins. */
export function addressTable(status: Status): string {
  const addresses = NAMES.flatMap(([key, label]) =>
    status.urls[key] === undefined ? [] : [[label, status.urls[key]]],
  );
  const metrics = status.processes.map((program) => ['Metrics', `${program.metrics}  ${program.name}`]);
  const parts = [table([...addresses, ...metrics])];
  if (status.logins.length > 0) {
    parts.push(table(status.logins.map((login) => [login.role.toLowerCase(), login.email, login.password])));
  }
  return parts.join('\n\n');
}
