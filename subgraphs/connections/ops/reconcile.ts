import { InvalidArgumentError } from 'commander';
import { NAMED_ATHLETE, namedAthlete } from '#platform/named-athlete';
import type { AddVerbs } from '#platform/ops';
import { providerNamed, type Provider } from '#platform/signals';
import { createVendors } from '../providers/registry.ts';
import { loadPublic } from '../asking/load-public.ts';
import { RECENT_DAYS, reconcileNow } from '../sync/reconcile.ts';
import type { OpsParts } from './parts.ts';

const MAX_DAYS = 90;

/** reconcile: queues jobs that ask providers for the last days again. The running subgraph works them off. */
export const addReconcileVerb: AddVerbs<OpsParts> = (program, parts) => {
  program
    .command('reconcile')
    .description('ask providers for the last days again')
    .option('--provider <name>', 'of this provider only: oura', toProvider)
    .option('--athlete <who>', `of this athlete only: ${NAMED_ATHLETE}`)
    .option('--days <number>', `days before today, at least, up to ${MAX_DAYS}`, toDays, RECENT_DAYS)
    .action(async (options: { provider?: Provider; athlete?: string; days: number }) => {
      const db = await parts.db();
      const jobs = await reconcileNow({
        db,
        vendors: createVendors(await parts.config(), { load: loadPublic, log: await parts.log() }),
        clock: await parts.clock(),
        provider: options.provider ?? null,
        athleteId: options.athlete === undefined ? null : await namedAthlete(db, options.athlete),
        days: options.days,
      });
      parts.terminal.out(
        jobs === 0
          ? 'Nothing was queued: no such connection is active, or each has a job waiting already.'
          : `Queued ${jobs} ${jobs === 1 ? 'job' : 'jobs'}. They begin within seconds where connections runs with ROLE work or all.`,
      );
    });
};

function toProvider(text: string): Provider {
  const provider = providerNamed(text);
  if (provider === null) throw new InvalidArgumentError('There is no such provider. Write it as in addresses: oura.');
  return provider;
}

function toDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS)
    throw new InvalidArgumentError(`Choose a whole number from 1 to ${MAX_DAYS}.`);
  return days;
}
