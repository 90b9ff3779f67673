import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { readConfig, migrateConfig, ConfigError } from '#platform/config';
import { CannotStart, reach } from '#platform/process';
import { Roles1762000000001 } from './0001-roles.ts';
import { Connections1762000000002 } from './0002-connections.ts';
import { HealthData1762000000003 } from './0003-health-data.ts';
import { Insights1762000000004 } from './0004-insights.ts';
import { Providers1762000000005 } from './0005-providers.ts';
import { Vault1762000000006 } from './0006-vault.ts';
import { Archive1762000000007 } from './0007-archive.ts';
import { Uploads1762000000008 } from './0008-uploads.ts';
import { Limits1762000000009 } from './0009-limits.ts';
import { Trace1762000000010 } from './0010-trace.ts';
import { SourceErasure1762000000011 } from './0011-source-erasure.ts';
import { Linking1762000000012 } from './0012-linking.ts';
import { DeadLetters1762000000013 } from './0013-dead-letters.ts';
import { Sources1762000000014 } from './0014-sources.ts';
import { Sessions1762000000015 } from './0015-sessions.ts';
import { Entries1762000000016 } from './0016-entries.ts';
import { SamplePartitions1762000000017 } from './0017-sample-partitions.ts';
import { Load1762000000019 } from './0019-load.ts';
import { Plan1762000000021 } from './0021-plan.ts';
import { Flags1762000000022 } from './0022-flags.ts';
import { SuggestionFacts1762000000023 } from './0023-suggestion-facts.ts';
import { Alerts1762000000024 } from './0024-alerts.ts';
import { SampleRuns1762000000025 } from './0025-sample-runs.ts';
import { LettersOfInsights1762000000026 } from './0026-letters-of-insights.ts';
import { StreamNights1762000000027 } from './0027-stream-nights.ts';
import { SavedViews1762000000028 } from './0028-saved-views.ts';
import { NamedAthletes1762000000029 } from './0029-named-athletes.ts';
import { PrimarySources1762000000030 } from './0030-primary-sources.ts';
import { PendingRevocations1762000000031 } from './0031-pending-revocations.ts';
import { ExportCount1762000000035 } from './0035-export-count.ts';
import { WorkoutSpans1762000000036 } from './0036-workout-spans.ts';
import { FetchFailures1762000000037 } from './0037-fetch-failures.ts';

const LOCK = 'athlete-ally/migrate';

/** Brings the database to the newest shape, in one step that only one process at a time can take. */
async function migrate(): Promise<string[]> {
  const config = readConfig(migrateConfig);
  const source = new DataSource({
    type: 'postgres',
    url: config.DATABASE_URL,
    migrations: [
      Roles1762000000001,
      Connections1762000000002,
      HealthData1762000000003,
      Insights1762000000004,
      Providers1762000000005,
      Vault1762000000006,
      Archive1762000000007,
      Uploads1762000000008,
      Limits1762000000009,
      Trace1762000000010,
      SourceErasure1762000000011,
      Linking1762000000012,
      DeadLetters1762000000013,
      Sources1762000000014,
      Sessions1762000000015,
      Entries1762000000016,
      SamplePartitions1762000000017,
      Load1762000000019,
      Plan1762000000021,
      Flags1762000000022,
      SuggestionFacts1762000000023,
      Alerts1762000000024,
      SampleRuns1762000000025,
      LettersOfInsights1762000000026,
      StreamNights1762000000027,
      SavedViews1762000000028,
      NamedAthletes1762000000029,
      PrimarySources1762000000030,
      PendingRevocations1762000000031,
      ExportCount1762000000035,
      WorkoutSpans1762000000036,
      FetchFailures1762000000037,
    ],
    migrationsTransactionMode: 'each',
    connectTimeoutMS: 5_000,
  });
  await reach({ name: 'PostgreSQL', variable: 'DATABASE_URL', url: config.DATABASE_URL }, () => source.initialize());
  const runner = source.createQueryRunner();
  try {
    await runner.query('select pg_advisory_lock(hashtextextended($1, 0))', [LOCK]);
    const done = await source.runMigrations();
    return done.map((migration) => migration.name);
  } finally {
    await runner.release();
    await source.destroy();
  }
}

try {
  const names = await migrate();
  process.stdout.write(names.length === 0 ? 'The database is up to date.\n' : `Applied ${names.join(', ')}.\n`);
} catch (error) {
  const isClear = error instanceof CannotStart || error instanceof ConfigError;
  process.stderr.write(`The database was not migrated: ${isClear ? error.message : (error as Error).stack}\n`);
  process.exit(1);
}
