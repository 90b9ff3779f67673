/** Who may log in to the broker, each with the least it needs. */
export const NATS_USERS = ['provisioner', 'connections', 'health-data', 'insights', 'gateway', 'operator'] as const;
export type NatsUser = (typeof NATS_USERS)[number];

interface Allowed {
  publish: string[];
  subscribe: string[];
}

/**
 * Allow-lists: what is not named is refused. Each user also hears its own inbox (`_INBOX.<user>.>`; clients set
 * `inboxPrefix: _INBOX.<user>`), so that nobody reads another's answers.
 */
export function natsPermissions(user: NatsUser): Allowed {
  const { publish, subscribe } = permissions[user];
  return { publish, subscribe: [`_INBOX.${user}.>`, ...subscribe] };
}

const CONSENT = 'athlete-ally.consent.changed.v1';
const ACCESS = 'athlete-ally.access.changed.v1';
const DEAD_LETTERS = 'athlete-ally.dlq.>';
const API_INFO = '$JS.API.INFO';

const permissions: Record<NatsUser, Allowed> = {
  provisioner: { publish: ['$JS.API.>'], subscribe: [] },
  connections: {
    publish: [
      ...['athlete-ally.raw.>', 'athlete-ally.sync.>', CONSENT, ACCESS, DEAD_LETTERS, API_INFO],
      ...declares('RAW'),
      ...declares('DLQ'),
      ...declares('ADVISORIES'),
      // A message that was given up is looked at once more.
      '$JS.API.STREAM.MSG.GET.RAW',
      ...consumes('RAW', 'fetcher'),
      ...consumes('ADVISORIES', 'alarms'),
    ],
    subscribe: ['athlete-ally.sync.>', ACCESS],
  },
  'health-data': {
    publish: [
      ...['athlete-ally.normalized.>', 'athlete-ally.dlq.normalise.v1', API_INFO, '$JS.API.STREAM.INFO.RAW'],
      ...declares('NORMALIZED'),
      ...consumes('RAW', 'normaliser'),
    ],
    subscribe: [],
  },
  insights: {
    publish: [
      ...['athlete-ally.insights.>', 'athlete-ally.dlq.recompute.v1', API_INFO, '$JS.API.STREAM.INFO.NORMALIZED'],
      ...consumes('NORMALIZED', 'recompute'),
    ],
    subscribe: ['athlete-ally.insights.>', CONSENT, ACCESS],
  },
  gateway: { publish: [], subscribe: [ACCESS] },
  // The person at this machine, who can read the data folder anyway. Production has no such user.
  operator: { publish: ['>'], subscribe: ['>'] },
};

/** A stream is created and kept right by the one user that publishes to it. Nobody here may delete or purge one. */
function declares(stream: string): string[] {
  return ['CREATE', 'UPDATE', 'INFO'].map((verb) => `$JS.API.STREAM.${verb}.${stream}`);
}

/** One durable pull consumer: made, looked at, read and acknowledged. With one filter its subject ends in that filter. */
function consumes(stream: string, consumer: string): string[] {
  const name = `${stream}.${consumer}`;
  return [
    `$JS.API.CONSUMER.CREATE.${name}`,
    `$JS.API.CONSUMER.CREATE.${name}.>`,
    `$JS.API.CONSUMER.DURABLE.CREATE.${name}`,
    `$JS.API.CONSUMER.INFO.${name}`,
    `$JS.API.CONSUMER.DELETE.${name}`,
    `$JS.API.CONSUMER.MSG.NEXT.${name}`,
    `$JS.ACK.${name}.>`,
  ];
}

/**
 * The text of a nats-server configuration: loopback, JetStream in `storeDir`, every write on disk before its ack
 * (`sync_interval: always`; by default acknowledged messages can sit unsynced for two minutes). `port` -1 takes a free one,
 * which is then written to a file in `portsDir`.
 */
export function natsConfig(options: {
  port: number;
  storeDir: string;
  portsDir: string;
  passwords: Record<NatsUser, string>;
  isDurable: boolean;
}): string {
  const users = NATS_USERS.map((user) => {
    const allowed = natsPermissions(user);
    const permission = `{ publish: ${list(allowed.publish)}, subscribe: ${list(allowed.subscribe)} }`;
    return `    { user: ${quote(user)}, password: ${quote(options.passwords[user])}, permissions: ${permission} }`;
  });
  return `host: "127.0.0.1"
port: ${options.port}
server_name: "athlete-ally-embedded"
ports_file_dir: ${quote(options.portsDir)}
max_payload: 1048576
jetstream {
  store_dir: ${quote(options.storeDir)}
  sync_interval: ${options.isDurable ? 'always' : '"2m"'}
}
authorization {
  users: [
${users.join('\n')}
  ]
}
`;
}

/** An empty allow-list would allow everything, so it is written as a refusal of everything. */
function list(subjects: string[]): string {
  return subjects.length === 0 ? '{ deny: ">" }' : `[${subjects.map(quote).join(', ')}]`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
