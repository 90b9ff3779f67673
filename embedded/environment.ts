import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isProviderVariable, providerVariables, simulatorVariables } from './providers.ts';
import { SUBGRAPHS, type Ports, type Program, type Secrets, type Subgraph } from './settings.ts';

/** Where things are: what every program's variables are made from. */
export interface Place {
  dataDir: string;
  cacheDir: string;
  secrets: Secrets;
  ports: Ports;
  /** Of the role that owns the database and migrates it. */
  databaseUrl: string;
  /** Each user's address; with a broker of your own, the one address for all. */
  natsUrl: (user: Subgraph | 'gateway') => string;
  env: NodeJS.ProcessEnv;
}

/** What the outside sees. Made of loopback addresses whatever HOST says: 0.0.0.0 is no address to call. */
export function publicUrls(
  ports: Ports,
): Record<
  'graphql' | 'subscriptions' | 'graphiql' | 'dashboard' | 'webhooks' | 'uploads' | 'ingest' | 'rest' | 'simulator',
  string
> {
  const gateway = `127.0.0.1:${ports.gateway.port}`;
  return {
    graphql: `http://${gateway}/graphql`,
    subscriptions: `ws://${gateway}/graphql`,
    graphiql: `http://${gateway}/graphiql`,
    dashboard: `http://${gateway}/`,
    webhooks: `http://127.0.0.1:${ports.connections.port}/v1/webhooks`,
    uploads: `http://127.0.0.1:${ports.connections.port}/v1/uploads`,
    ingest: `http://127.0.0.1:${ports.connections.port}/v1/ingest`,
    rest: `http://${gateway}/api/v1`,
    simulator: `http://127.0.0.1:${ports.simulator.port}`,
  };
}

/** Every variable we set for one program or another: none of them passes to a program that is not meant to have it. */
const OURS =
  /^(PORT|METRICS_PORT|ROLE|DATABASE_URL|NATS_URL|EXIT_WITH_PARENT|PG[A-Z]+|npm_.*|.*_DB_PASSWORD|ASSERTION_KEY.*|MESSAGE_(SIGNING_KEY|KEY_ID|PUBLIC_KEYS)|(TOKEN|PAYLOAD)_ROOT_SECRET(_VERSION|_PREVIOUS)?|PUBLIC_(WEBHOOK|OAUTH)_URL|DASHBOARD_URL|(ARCHIVE|SPOOL|VAPID)_[A-Z_]+|PUSH_HOSTS|SIMULATOR_(STATE|SEED)|(CONNECTIONS|HEALTH_DATA|INSIGHTS)_URL|.*_(PORT|METRICS_PORT))$/;

/** What a person may want to set: an app of their own at the vendor, addresses behind a proxy, keys of their own. */
const MAY_BE_GIVEN =
  /^(PUBLIC_(WEBHOOK|OAUTH)_URL|DASHBOARD_URL|(TOKEN|PAYLOAD)_ROOT_SECRET|ARCHIVE_URL|SIMULATOR_SEED|VAPID_(PUBLIC_KEY|PRIVATE_KEY|SUBJECT)|PUSH_HOSTS)$/;

/** The whole environment of one program: the machine's own variables, and of ours only those it needs. */
export function environmentOf(program: Program | 'migrate', place: Place): NodeJS.ProcessEnv {
  const base: NodeJS.ProcessEnv = {
    NODE_ENV: 'development',
    // Compiled code is kept between starts, which halves the time a program needs to load.
    NODE_COMPILE_CACHE: join(place.cacheDir, 'compiled'),
    ...Object.fromEntries(Object.entries(place.env).filter(([name]) => !OURS.test(name) && !isProviderVariable(name))),
  };
  const own = ownVariables(program, place);
  for (const name of Object.keys(own)) {
    const given = place.env[name];
    if (given !== undefined && given !== '' && (MAY_BE_GIVEN.test(name) || isProviderVariable(name))) own[name] = given;
  }
  // The two that speak to a vendor, or play one, also take what only a person can say: a previous secret, scopes, limits.
  const isVendorFacing = program === 'connections' || program === 'simulator';
  for (const [name, given] of Object.entries(place.env)) {
    const isWanted =
      (isVendorFacing && isProviderVariable(name)) || (program === 'connections' && name.startsWith('ARCHIVE_'));
    if (isWanted && given !== undefined) own[name] ??= given;
  }
  // Root secrets of one's own have versions; they go where the secret itself goes.
  for (const secret of ['TOKEN_ROOT_SECRET', 'PAYLOAD_ROOT_SECRET']) {
    for (const name of [`${secret}_VERSION`, `${secret}_PREVIOUS`]) {
      const given = place.env[name];
      if (own[secret] !== undefined && given !== undefined) own[name] = given;
    }
  }
  return { ...base, ...own };
}

function ownVariables(program: Program | 'migrate', place: Place): Record<string, string> {
  const { secrets, ports } = place;
  if (program === 'migrate') {
    return {
      DATABASE_URL: place.databaseUrl,
      CONNECTIONS_DB_PASSWORD: secrets.databasePasswords.connections,
      HEALTH_DATA_DB_PASSWORD: secrets.databasePasswords['health-data'],
      INSIGHTS_DB_PASSWORD: secrets.databasePasswords.insights,
    };
  }
  const listens = { PORT: String(ports[program].port), METRICS_PORT: String(ports[program].metricsPort) };
  if (program === 'gateway') return { ...listens, NATS_URL: place.natsUrl('gateway'), ...gatewayVariables(place) };
  if (program === 'simulator') {
    const addresses = {
      oauthUrl: place.env['PUBLIC_OAUTH_URL'] ?? oauthUrl(ports),
      webhooksUrl: place.env['PUBLIC_WEBHOOK_URL'] ?? publicUrls(ports).webhooks,
    };
    const own = { SIMULATOR_STATE: join(place.dataDir, 'simulator'), SIMULATOR_SEED: '1' };
    return { ...listens, ...own, ...simulatorVariables(addresses), ...providersOf(place) };
  }
  return { ...listens, ...subgraphVariables(program, place) };
}

function gatewayVariables({ secrets, ports }: Place): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const subgraph of SUBGRAPHS) {
    const name = subgraph.toUpperCase().replace('-', '_');
    variables[`${name}_URL`] = `http://127.0.0.1:${ports[subgraph].port}`;
    variables[`ASSERTION_KEY_${name}`] = secrets.assertionKeys[subgraph];
  }
  return variables;
}

function subgraphVariables(subgraph: Subgraph, place: Place): Record<string, string> {
  const { secrets, ports } = place;
  const key = secrets.messageKeys[subgraph];
  const variables: Record<string, string> = {
    DATABASE_URL: roleUrl({
      databaseUrl: place.databaseUrl,
      role: subgraph.replace('-', '_'),
      password: secrets.databasePasswords[subgraph],
    }),
    NATS_URL: place.natsUrl(subgraph),
    ASSERTION_KEY: secrets.assertionKeys[subgraph],
    MESSAGE_SIGNING_KEY: key.privateKey,
    MESSAGE_KEY_ID: key.id,
    MESSAGE_PUBLIC_KEYS: Object.values(secrets.messageKeys)
      .map(({ id, publicKey }) => `${id}=${publicKey}`)
      .join(','),
  };
  if (subgraph === 'insights') {
    const { publicKey, privateKey } = secrets.pushKeys;
    const keys = { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: DEMO_SUBJECT };
    return { ...variables, ...keys, PUSH_HOSTS: '' };
  }
  variables['PAYLOAD_ROOT_SECRET'] = secrets.payloadRootSecret;
  if (subgraph === 'health-data') return variables;
  const connections = `http://127.0.0.1:${ports.connections.port}`;
  return {
    ...variables,
    ...providersOf(place),
    TOKEN_ROOT_SECRET: secrets.tokenRootSecret,
    PUBLIC_WEBHOOK_URL: `${connections}/v1/webhooks`,
    PUBLIC_OAUTH_URL: oauthUrl(ports),
    DASHBOARD_URL: `http://127.0.0.1:${ports.gateway.port}/`,
    SPOOL_DIR: resolve(place.dataDir, 'spool'),
    ARCHIVE_URL: pathToFileURL(resolve(place.dataDir, 'archive')).href,
  };
}

/** Push services want to know whom to turn to; the demo has nobody. */
const DEMO_SUBJECT = 'mailto:demo@athlete-ally.example';

function oauthUrl(ports: Ports): string {
  return `http://127.0.0.1:${ports.connections.port}/v1/oauth`;
}

function providersOf({ secrets, ports }: Place): Record<string, string> {
  return providerVariables({ secrets: secrets.providers, simulatorUrl: publicUrls(ports).simulator });
}

/** The owner's address with another role in it; host, database and TLS parameters stay. */
export function roleUrl(options: { databaseUrl: string; role: string; password: string }): string {
  const url = new URL(options.databaseUrl);
  url.username = options.role;
  url.password = options.password;
  return url.href;
}
