import { useRef, useState } from 'react';
import { useMutation } from 'urql';
import { sentenceOf } from '../client.ts';
import { RosterCsvLinkDocument } from '../graphql/graphql.ts';
import type { Table } from '../table/address.ts';
import { chosenIn, rosterFilterOf } from '../table/filters.ts';
import { bandOf } from './roster-row.ts';
import { groupWords } from './roster-summary.tsx';

/** How far back a file may reach, in the athletes' own days. */
const STRETCHES = [
  { days: 1, words: 'Today' },
  { days: 7, words: '7 days' },
  { days: 28, words: '28 days' },
  { days: 90, words: '90 days' },
] as const;

/** Fetches the table as a file, with the filter of the screen, after saying what a file means for the athletes. */
export function ExportRoster({ teamId, table }: { teamId: string; table: Table }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [days, setDays] = useState<number>(1);
  const [{ data, error, fetching }, makeLink] = useMutation(RosterCsvLinkDocument);

  async function download() {
    const { filters, search } = table;
    const filter = rosterFilterOf({ filters, search, band: bandOf(table.group) });
    const made = await makeLink({ teamId, filter, days });
    const url = made.data?.rosterCsvLink.url;
    // An attachment: the page stays as it is.
    if (url !== undefined) window.location.assign(`${url}&bom=1`);
  }

  return (
    <>
      <button type="button" className="button button-quiet" onClick={() => dialog.current?.showModal()}>
        Export
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby="export-title">
        <form
          method="dialog"
          onSubmit={(event) => {
            event.preventDefault();
            void download();
          }}
        >
          <h2 id="export-title">Export as CSV</h2>
          <p>{whoseLines(table)} A line for each athlete and day, in what they share with this team.</p>
          <fieldset className="choices">
            <legend>How far back</legend>
            {STRETCHES.map((stretch) => (
              <label key={stretch.days} className="choice">
                <input
                  type="radio"
                  name="days"
                  checked={days === stretch.days}
                  onChange={() => setDays(stretch.days)}
                />
                {stretch.words}
              </label>
            ))}
          </fieldset>
          <p className="notice" data-testid="export-warning">
            <strong>A file cannot be called back.</strong> When an athlete stops sharing, this page empties at once; a
            file keeps what was in it. Store it like a medical record. Each athlete sees in their access log that you
            exported.
          </p>
          {error && <p className="notice notice-problem">{sentenceOf(error)}</p>}
          {data && !error && (
            <p role="status">The download has begun. Its link works for a few minutes; keep it to yourself.</p>
          )}
          <div className="dialog-actions">
            <button type="button" className="button" onClick={() => dialog.current?.close()}>
              Close
            </button>
            <button type="submit" className="button" disabled={fetching}>
              Download
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}

function whoseLines({ group, search, filters }: Table): string {
  const band = bandOf(group);
  const name = search.trim();
  const narrowed = [
    band === null ? '' : ` in “${groupWords(band)}”`,
    name === '' ? '' : ` whose name has “${name}”`,
    chosenIn(filters).length === 0 ? '' : ' who match the filters',
  ].filter((words) => words !== '');
  return narrowed.length === 0 ? 'It holds all athletes of the team.' : `It holds athletes${narrowed.join(' and')}.`;
}
