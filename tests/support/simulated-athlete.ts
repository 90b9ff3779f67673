import type { World } from './world.ts';

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
