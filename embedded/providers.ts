import { randomBytes } from 'node:crypto';
import { providerSlug, type Provider } from '#platform/signals';

/** What the demo must know of a provider that the simulator plays. */
interface Simulated {
  /** Besides client id and client secret: what the provider hands out or we choose, each a variable of its name. */
  secrets: readonly string[];
  /** Shown by `npm run status`: what signs or opens the webhook. */
  shown: readonly string[];
  /** Variables that hold addresses, and the path of each below the provider's own. */
  addresses: Readonly<Record<string, string>>;
  /** Variables that hold the provider's host alone. */
  hosts?: readonly string[];
}

/** A provider with webhooks is one entry here; what it is asked for stands in `subgraphs/connections/providers`. */
export const SIMULATED: Readonly<Partial<Record<Provider, Simulated>>> = {
  OURA: {
    secrets: ['VERIFICATION_TOKEN'],
    shown: ['CLIENT_SECRET', 'VERIFICATION_TOKEN'],
    addresses: {
      AUTHORIZE_URL: '/oauth/authorize',
      TOKEN_URL: '/oauth/token',
      REVOKE_URL: '/oauth/revoke',
      API_URL: '',
    },
  },
  WHOOP: {
    secrets: [],
    shown: ['CLIENT_SECRET'],
    addresses: { AUTHORIZE_URL: '/oauth/oauth2/auth', TOKEN_URL: '/oauth/oauth2/token', API_URL: '/developer' },
  },
  POLAR: {
    secrets: ['SIGNATURE_SECRET'],
    shown: ['SIGNATURE_SECRET'],
    addresses: { AUTHORIZE_URL: '/oauth2/authorization', TOKEN_URL: '/v2/oauth2/token', API_URL: '' },
  },
  GARMIN: {
    secrets: ['PATH_TOKEN'],
    // Deliveries name the client id; nothing signs them.
    shown: ['PATH_TOKEN', 'CLIENT_ID'],
    addresses: {
      AUTHORIZE_URL: '/oauth2Confirm',
      TOKEN_URL: '/di-oauth2-service/oauth/token',
      API_URL: '/wellness-api/rest',
      USER_URL: '/wellness-api/rest/user',
    },
    hosts: ['CALLBACK_HOSTS'],
  },
  STRAVA: {
    secrets: ['PATH_TOKEN', 'VERIFICATION_TOKEN'],
    // Deliveries are known by their address; nothing we can rely on signs them.
    shown: ['PATH_TOKEN'],
    addresses: {
      AUTHORIZE_URL: '/oauth/authorize',
      TOKEN_URL: '/oauth/token',
      REVOKE_URL: '/oauth/revoke',
      DEAUTHORIZE_URL: '/oauth/deauthorize',
      API_URL: '/api/v3',
    },
  },
  GOOGLE_HEALTH: {
    secrets: ['AUTHORIZATION'],
    shown: ['AUTHORIZATION'],
    addresses: {
      KEYSET_URL: '/webhooks/webhooks_public_keyset.json',
      AUTHORIZE_URL: '/o/oauth2/v2/auth',
      TOKEN_URL: '/token',
      REVOKE_URL: '/revoke',
      API_URL: '',
    },
  },
};

const simulated = Object.entries(SIMULATED) as [Provider, Simulated][];

/** `OURA_CLIENT_ID` and the like: whether a variable belongs to one of them. */
export const isProviderVariable = (name: string): boolean =>
  simulated.some(([provider]) => name.startsWith(`${provider}_`));

/** By variable: the credentials of this checkout's applications at the simulated providers. */
export type ProviderSecrets = Record<string, string>;

export function makeProviderSecrets(): ProviderSecrets {
  const made: ProviderSecrets = {};
  for (const [provider, { secrets }] of simulated) {
    made[`${provider}_CLIENT_ID`] = `demo-${randomBytes(6).toString('hex')}`;
    for (const name of ['CLIENT_SECRET', ...secrets]) made[`${provider}_${name}`] = randomBytes(24).toString('hex');
  }
  return made;
}

/** Everything connections and the simulator need to meet each other. `simulatorUrl` has no slash at its end. */
export function providerVariables(options: { secrets: ProviderSecrets; simulatorUrl: string }): Record<string, string> {
  const variables: Record<string, string> = { ...options.secrets };
  for (const [provider, { addresses, hosts = [] }] of simulated) {
    const base = `${options.simulatorUrl}/${providerSlug(provider)}`;
    for (const [name, path] of Object.entries(addresses)) variables[`${provider}_${name}`] = `${base}${path}`;
    for (const name of hosts) variables[`${provider}_${name}`] = new URL(options.simulatorUrl).host;
  }
  return variables;
}

/** What only the simulator needs: where browsers and webhooks go. */
export function simulatorVariables(options: { oauthUrl: string; webhooksUrl: string }): Record<string, string> {
  return Object.fromEntries(
    simulated.flatMap(([provider]) => [
      [`${provider}_REDIRECT_URIS`, `${options.oauthUrl}/${providerSlug(provider)}/callback`],
      [`${provider}_WEBHOOK_URL`, `${options.webhooksUrl}/${providerSlug(provider)}`],
    ]),
  );
}

/** `{ oura: { clientSecret, verificationToken } }`; a value the person brought stands in place of ours. */
export function webhookSecrets(
  secrets: ProviderSecrets,
  env: NodeJS.ProcessEnv,
): Record<string, Record<string, string>> {
  return Object.fromEntries(
    simulated.map(([provider, { shown }]) => [
      providerSlug(provider),
      Object.fromEntries(
        shown.map((name) => [camelCase(name), env[`${provider}_${name}`] ?? secrets[`${provider}_${name}`] ?? '']),
      ),
    ]),
  );
}

const camelCase = (name: string): string =>
  name.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
