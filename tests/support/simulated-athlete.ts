import type { Person } from './people.ts';
import type { World } from './world.ts';

/** Links an account to an athlete of the simulator, as a browser would: from our button over the vendor's page and back. */
export async function linkSimulated(
  world: World,
  { athlete, provider, as }: { athlete: Person; provider: string; as: string },
): Promise<string> {
  const { linkProvider } = await world.ask<{ linkProvider: { authorizationUrl: string } }>(
    'mutation ($provider: Provider!) { linkProvider(provider: $provider) { authorizationUrl } }',
    { provider },
    athlete.token,
  );
  const page = new URL(linkProvider.authorizationUrl);
  const form = new URLSearchParams([...page.searchParams, ['athlete', as], ['decision', 'approve']]);
  const approved = await fetch(`${page.origin}${page.pathname}`, { method: 'POST', body: form, redirect: 'manual' });
  const back = approved.headers.get('location');
  if (back === null) throw new Error(`the simulated vendor answered ${approved.status}: ${await approved.text()}`);
  const callback = await fetch(back, { redirect: 'manual' });
  return callback.headers.get('location') ?? String(callback.status);
}

/** Plays at a simulated vendor: `night`, `week`, or a fault by its name. */
export async function play<T>(world: World, path: string, body: Record<string, unknown>): Promise<T> {
  const response = await fetch(`${world.urls.simulator}/control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the simulator answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
