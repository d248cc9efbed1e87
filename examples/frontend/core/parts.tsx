import { useState, type ReactNode } from 'react';
import type { Outcome } from './command.ts';
import type { Session } from './session.ts';

/** Asks where Assay answers and as whom; holds nothing beyond the page's life. */
export function SignIn({ onSession }: { readonly onSession: (session: Session) => void }): ReactNode {
  const [url, setUrl] = useState('http://localhost:3000');
  const [token, setToken] = useState('');
  const submit = (event: { preventDefault(): void }): void => {
    event.preventDefault();
    onSession({ url: url.replace(/\/$/, ''), token: token.trim() });
  };
  return (
    <form className="sign-in" onSubmit={submit}>
      <label>
        Assay <input value={url} onChange={(event) => setUrl(event.target.value)} />
      </label>
      <label>
        Token <input type="password" autoComplete="off" value={token} onChange={(event) => setToken(event.target.value)} />
      </label>
      <button type="submit">Sign in</button>
    </form>
  );
}

/** A row of the list of appraisals. */
export interface AppraisalRow {
  readonly id: string;
  readonly cycleStream: string;
  readonly status: string;
  readonly total?: string | null;
  readonly grade?: string | null;
  readonly subject?: { readonly name?: string | null } | null;
}
interface ListProps {
  readonly rows: readonly AppraisalRow[];
  readonly onOpen: (id: string) => void;
  /** Goes on below another table, whose headings hold for it. */
  readonly continued?: boolean;
  /** Absent on the last page. */
  readonly onMore?: (() => void) | undefined;
}
export function AppraisalTable({ rows, onOpen, onMore, continued = false }: ListProps): ReactNode {
  return (
    <section className={continued ? 'continued' : undefined}>
      <table className="appraisals">
        <thead hidden={continued}>
          <tr>
            <th>Person</th>
            <th>Cycle</th>
            <th>Status</th>
            <th className="number">Total</th>
            <th>Grade</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, subject, cycleStream, status, total, grade }) => (
            <tr key={id}>
              <td>
                <button type="button" className="link" onClick={() => onOpen(id)}>
                  {subject?.name ?? 'not shown to you'}
                </button>
              </td>
              <td>{cycleStream.replace(/^cycle-/, '')}</td>
              <td>{status}</td>
              <td className="number">{total ?? ''}</td>
              <td>{grade ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {onMore === undefined ? null : (
        <button type="button" onClick={onMore}>
          More
        </button>
      )}
    </section>
  );
}

/** A node of a derivation, in pre-order. */
export interface DerivationRow {
  readonly key: string;
  readonly depth: number;
  readonly label: string;
  readonly value: string;
  readonly unit?: string | null;
  readonly rule: string;
}
export function Derivation({ nodes, agrees }: { readonly nodes: readonly DerivationRow[]; readonly agrees: boolean | null | undefined }): ReactNode {
  return (
    <section>
      <h3>Why</h3>
      {agrees === true ? <p className="note">Recomputed from the log: agrees with what was published.</p> : null}
      <ul className="derivation">
        {nodes.map(({ key, depth, label, value, unit, rule }) => (
          <li key={key} style={{ paddingInlineStart: `${String(depth * 1.2)}em` }}>
            {label}: <b>{value}</b> {unit ?? ''} <small>{rule}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** An event that moved the score. */
export interface HistoryRow {
  readonly eventId: string;
  readonly recordedAt: string;
  readonly eventType: string;
  readonly reason?: string | null;
  readonly before?: { readonly total?: string | null } | null;
  readonly after: { readonly total?: string | null };
}
export function History({ entries }: { readonly entries: readonly HistoryRow[] }): ReactNode {
  return (
    <section>
      <h3>What moved it</h3>
      <table>
        <tbody>
          {entries.map(({ eventId, recordedAt, eventType, reason, before, after }) => (
            <tr key={eventId}>
              <td>{recordedAt.slice(0, 16).replace('T', ' ')}</td>
              <td>{eventType}</td>
              <td className="number">
                {before?.total ?? ''} → {after.total ?? ''}
              </td>
              <td>{reason ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A command's outcome in words: what was recorded, or the rule that said no. */
export function OutcomeLine({ outcome }: { readonly outcome: Outcome | null }): ReactNode {
  if (outcome === null || outcome.__typename === '%other') return null;
  if (outcome.__typename === 'Rejection') {
    return (
      <p className="refused" role="alert">
        {outcome.message} ({outcome.code})
      </p>
    );
  }
  return <p className="note">Recorded{outcome.repeated ? ' before' : ''}, at position {outcome.position ?? 'not yet known'}.</p>;
}
