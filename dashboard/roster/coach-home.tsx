import { useEffect, useRef, useState } from 'react';
import { useMutation } from 'urql';
import { AthletePage } from '../athlete/athlete-page.tsx';
import { sentenceOf } from '../client.ts';
import { CreateTeamDocument } from '../graphql/graphql.ts';
import type { Route } from '../route.ts';
import { RosterPage } from './roster-page.tsx';
import { useTeamFeed } from './use-team-feed.ts';

/** A coach's rooms. The team's live stream stays open while one athlete is looked at. */
export function CoachHome({ viewerId, teamId, route }: { viewerId: string; teamId: string; route: Route }) {
  const feed = useTeamFeed(teamId);
  const visited = useRef<string | null>(null);
  const athleteId = route.kind === 'athlete' ? route.athleteId : null;
  useEffect(() => {
    if (athleteId !== null) visited.current = athleteId;
  }, [athleteId]);
  if (athleteId === null)
    return <RosterPage viewerId={viewerId} teamId={teamId} feed={feed} focusId={visited.current} />;
  return <AthletePage key={athleteId} athleteId={athleteId} row={feed.rows.get(athleteId)} live={feed.live} />;
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
