import { useEffect, useRef, useState } from 'react';
import { useMutation } from 'urql';
import { AthletePage } from '../athlete/athlete-page.tsx';
import { sentenceOf } from '../client.ts';
import { CreateTeamDocument } from '../graphql/graphql.ts';
import { addresses, type Route } from '../route.ts';
import { RosterPage } from './roster-page.tsx';
import { useTeamFeed } from './use-team-feed.ts';

/** A coach's rooms. The team's live stream stays open while one athlete is looked at, and the way back leads to the table as it was left. */
export function CoachHome({ viewerId, teamId, route }: { viewerId: string; teamId: string; route: Route }) {
  const feed = useTeamFeed(teamId);
  const visited = useRef<string | null>(null);
  const athleteId = route.kind === 'athlete' ? route.athleteId : null;
  useEffect(() => {
    if (athleteId !== null) visited.current = athleteId;
  }, [athleteId]);
  const query = route.kind === 'team' ? route.query : '';
  const left = useRef(query);
  useEffect(() => {
    if (athleteId === null) left.current = query;
  }, [athleteId, query]);
  if (athleteId === null)
    return <RosterPage viewerId={viewerId} teamId={teamId} query={query} feed={feed} focusId={visited.current} />;
  const back = addresses.team(teamId, left.current);
  const row = feed.rows.get(athleteId);
  return <AthletePage key={athleteId} athleteId={athleteId} row={row} live={feed.live} back={back} />;
}

export function FirstTeam({ onCreated }: { onCreated: () => void }) {
  const [name, setName] = useState('');
  const [{ error, fetching }, create] = useMutation(CreateTeamDocument);
  return (
    <main className="page page-narrow" id="main">
      <h1>Your first team</h1>
      <p>A team is a list of athletes who accepted your invitation. What each of them shares is theirs to decide.</p>
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          void create({ input: { name: name.trim() } }).then((answer) => {
            if (!answer.error) onCreated();
          });
        }}
      >
        <label className="field">
          Name of the team
          <input required value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
        <button type="submit" className="button button-main" disabled={fetching}>
          Create team
        </button>
      </form>
    </main>
  );
}
