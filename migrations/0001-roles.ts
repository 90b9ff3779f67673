import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readConfig, migrateConfig } from '#platform/config';

/**
 * One login role and one schema per subgraph, none of them an owner: tables belong to the role that migrates.
 * The shared `audit` schema is append-only: its one way in is a function.
 */
export class Roles1762000000001 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    const config = readConfig(migrateConfig);
    const passwords = {
      connections: config.CONNECTIONS_DB_PASSWORD,
      health_data: config.HEALTH_DATA_DB_PASSWORD,
      insights: config.INSIGHTS_DB_PASSWORD,
    };
    await db.query('revoke all on schema public from public');
    for (const [role, password] of Object.entries(passwords)) {
      await db.query(`
        do $$ begin
          if not exists (select from pg_roles where rolname = '${role}') then
            create role ${role} login;
          end if;
        end $$`);
      // DDL takes no parameters; the quoting is PostgreSQL's own.
      const [row] = (await db.query('select quote_literal($1) as quoted', [password])) as { quoted: string }[];
      await db.query(`alter role ${role} with login password ${row?.quoted}`);
      await db.query(`create schema ${role}`);
      await db.query(`grant usage on schema ${role} to ${role}`);
      await db.query(
        `alter default privileges in schema ${role} grant select, insert, update, delete on tables to ${role}`,
      );
      await db.query(`alter default privileges in schema ${role} grant usage on sequences to ${role}`);
    }
    await db.query('create schema audit');
    await db.query('grant usage on schema audit to connections, health_data, insights');
    await db.query(`
      create table audit.entry (
        id bigint generated always as identity primary key,
        at timestamptz not null,
        actor_id uuid,
        actor_kind text not null,
        athlete_id uuid not null,
        action text not null,
        signals text[] not null,
        purpose text not null,
        team_id uuid,
        request_id text,
        written_by text not null default session_user
      )`);
    await db.query('create index entry_of_athlete on audit.entry (athlete_id, id desc)');
    // pg_temp is searched last: else a caller's own temporary table "entry" is found first, and its trigger runs as the owner.
    await db.query(`
      create function audit.append(entries jsonb) returns void
      language sql security definer set search_path = audit, pg_temp as $$
        insert into entry (at, actor_id, actor_kind, athlete_id, action, signals, purpose, team_id, request_id)
        select (e->>'at')::timestamptz, (e->>'actorId')::uuid, e->>'actorKind', (e->>'athleteId')::uuid, e->>'action',
               array(select jsonb_array_elements_text(e->'signals')), e->>'purpose', (e->>'teamId')::uuid, e->>'requestId'
          from jsonb_array_elements(entries) e
      $$`);
    // What people did. That the system opened a token stands on record too, and is not somebody who looked.
    await db.query(`
      create function audit.of_athlete(athlete uuid, before_id bigint, how_many int)
      returns table (id bigint, at timestamptz, actor_id uuid, actor_kind text, action text, signals text[], purpose text, team_id uuid)
      language sql stable security definer set search_path = audit, pg_temp as $$
        select id, at, actor_id, actor_kind, action, signals, purpose, team_id
          from entry where athlete_id = athlete and action <> 'DECRYPT' and (before_id is null or entry.id < before_id)
         order by id desc limit how_many
      $$`);
    await db.query('revoke all on function audit.append(jsonb), audit.of_athlete(uuid, bigint, int) from public');
    await db.query('grant execute on function audit.append(jsonb) to connections, health_data, insights');
    await db.query('grant execute on function audit.of_athlete(uuid, bigint, int) to connections');
  }

  async down(): Promise<void> {
    throw new Error('The first migration is not taken back: drop the database instead.');
  }
}
