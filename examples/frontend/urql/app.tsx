import { useMemo, useState, type ReactNode } from 'react';
import { Provider, useClient, useQuery, useSubscription } from 'urql';
import type { Outcome } from '../core/command.ts';
import { socketTo } from '../core/live.ts';
import { AppraisalTable, Derivation, History, OutcomeLine } from '../core/parts.tsx';
import type { Session } from '../core/session.ts';
import { assayClient } from './client.ts';
import { acknowledge, appraisalsQuery, changedSubscription, scoreQuery } from './operations.ts';

const PAGE = 10;

export function UrqlFrontend({ session }: { readonly session: Session }): ReactNode {
  const client = useMemo(() => assayClient(session, socketTo(session)), [session]);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Provider value={client}>
      <AppraisalList onOpen={setOpen} />
      {open === null ? null : <AppraisalPage key={open} appraisal={open} />}
    </Provider>
  );
}

/** All pages so far, each its own query: a page that was read stays in urql's cache. */
function AppraisalList({ onOpen }: { readonly onOpen: (id: string) => void }): ReactNode {
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  return cursors.map((after, index) => (
    <AppraisalListPage key={after ?? ''} after={after} onOpen={onOpen} onMore={index + 1 === cursors.length ? (next) => setCursors([...cursors, next]) : undefined} />
  ));
}

interface PageProps {
  readonly after: string | null;
  readonly onOpen: (id: string) => void;
  readonly onMore: ((after: string) => void) | undefined;
}
function AppraisalListPage({ after, onOpen, onMore }: PageProps): ReactNode {
  const [{ data, error }] = useQuery({ query: appraisalsQuery, variables: { first: PAGE, after } });
  if (error !== undefined) return <p className="refused">{error.message}</p>;
  if (data === undefined) return <p>Loading</p>;
  const { nodes, pageInfo } = data.appraisals;
  const { hasNextPage, endCursor } = pageInfo;
  return <AppraisalTable rows={nodes} continued={after !== null} onOpen={onOpen} onMore={hasNextPage && endCursor != null && onMore !== undefined ? () => onMore(endCursor) : undefined} />;
}

function AppraisalPage({ appraisal }: { readonly appraisal: string }): ReactNode {
  const client = useClient();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [{ data, error }, reload] = useQuery({ query: scoreQuery, variables: { appraisal } });
  const shown = data?.appraisal;
  // From the position that was read: what happens between reading and subscribing is heard too.
  const after = useMemo(() => shown?.position, [shown?.id]);
  useSubscription({ query: changedSubscription, variables: { appraisal, after }, pause: after === undefined }, (_, message) => {
    if (message.appraisalChanged.kind === 'CHANGE') reload({ requestPolicy: 'network-only' });
    return message;
  });
  if (error !== undefined) return <p className="refused">{error.message}</p>;
  if (shown == null) return <p>Loading</p>;
  const send = (): void => {
    acknowledge(client, shown).then(setOutcome, (reason: unknown) => setFailed(String(reason)));
  };
  return (
    <article>
      <h2>
        {shown.subject?.name ?? ''}: {shown.total ?? 'no total yet'} {shown.grade ?? ''} ({shown.status})
      </h2>
      <button type="button" onClick={send}>
        Acknowledge
      </button>
      <OutcomeLine outcome={outcome} />
      {failed === null ? null : <p className="refused">{failed}</p>}
      {data?.explainScore == null ? null : <Derivation nodes={data.explainScore.nodes} agrees={data.explainScore.agrees} />}
      <History entries={data?.scoreHistory?.nodes ?? []} />
    </article>
  );
}
