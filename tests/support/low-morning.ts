import { linkVendorUser, sleepDocument, startOuraVendor, vendorEnv, type OuraVendor } from './oura-vendor.ts';
import { createTeam, join, register, share, type Person } from './people.ts';
import { until } from './wait.ts';
import { createWorld, type World } from './world.ts';

const DAY_MS = 86_400_000;
const NIGHTS = 40;
/** Nights up to the last one in which HRV is far down: two, since from the third low day on a rest is suggested. */
const LOW_NIGHTS = 2;

/** A team of one athlete whose HRV has been far down for some nights, and what the coach is shown of them. */
export interface LowMorning {
  world: World;
  coach: Person;
  athlete: Person;
  teamId: string;
  /** The athlete's date; their zone is UTC. */
  today: string;
  stop(): Promise<void>;
}

export async function createLowMorning(options: { shares: readonly string[] }): Promise<LowMorning> {
  const vendor: OuraVendor = await startOuraVendor();
  const world = await createWorld({
    env: vendorEnv(vendor),
    programs: ['connections', 'health-data', 'insights', 'gateway'],
  });
  try {
    return { ...(await fill(vendor, world, options.shares)), world, stop };
  } catch (error) {
    await stop();
    throw error;
  }

  async function stop(): Promise<void> {
    await world.stop();
    await vendor.close();
  }
}

async function fill(
  vendor: OuraVendor,
  world: World,
  shares: readonly string[],
): Promise<Omit<LowMorning, 'world' | 'stop'>> {
  const [coach, athlete] = await Promise.all([register(world, 'COACH', 'UTC'), register(world, 'ATHLETE', 'UTC')]);
  const today = new Date().toISOString().slice(0, 10);
  const dayAgo = (days: number): string => new Date(Date.parse(today) - days * DAY_MS).toISOString().slice(0, 10);
  const teamId = await createTeam(world, coach);
  await join(world, { coach, teamId, athlete });
  await share(world, { athlete, teamId, signals: shares, since: dayAgo(NIGHTS) });
  for (let back = 0; back < NIGHTS; back += 1) {
    const hrvMs = back < LOW_NIGHTS ? 30 : 50 + (back % 5);
    vendor.documents.set(`sleep/n${back}`, sleepDocument({ id: `n${back}`, day: dayAgo(back), hrvMs }));
  }
  await linkVendorUser(world, { athlete, userId: 'low-morning' });
  await until(
    'a reduced or low score of today',
    async () => {
      const { viewer } = await world.ask<{ viewer: { athlete: { readiness: { score: number | null } } } }>(
        '{ viewer { athlete { readiness { score } } } }',
        {},
        athlete.token,
      );
      const { score } = viewer.athlete.readiness;
      return score !== null && score < 60;
    },
    60_000,
  );
  return { coach, athlete, teamId, today };
}
