import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Athletes as an operator names them: by what they sign in with, or by what they are called. */
export class NamedAthletes1762000000029 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // A function and no view: whoever knows an address gets the id of its athlete, and nobody gets the list of addresses.
    await db.query(`
      create function connections.athletes_named_v1(named text) returns setof uuid
      language sql stable security definer set search_path = connections, pg_temp as $$
        select p.id from athlete p join account a on a.id = p.account_id
         where lower(a.email) = lower(named) or lower(p.display_name) = lower(named)
         order by p.id
      $$`);
    await db.query('revoke all on function connections.athletes_named_v1(text) from public');
    await db.query(
      'grant execute on function connections.athletes_named_v1(text) to connections, health_data, insights',
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop function connections.athletes_named_v1(text)');
  }
}
