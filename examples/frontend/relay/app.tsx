import { Suspense, useEffect, useMemo, useState, type ReactNode } from 'react';
import { RelayEnvironmentProvider, useLazyLoadQuery, useRelayEnvironment } from 'react-relay';
import type { Outcome } from '../core/command.ts';
import { socketTo } from '../core/live.ts';
import { Derivation, History, OutcomeLine } from '../core/parts.tsx';
import type { Session } from '../core/session.ts';
import { AppraisalList } from './AppraisalList.tsx';
import { acknowledge, follow, scoreQuery } from './AppraisalPage.ts';
import { assayEnvironment } from './environment.ts';
import type { AppraisalPageQuery } from './__generated__/AppraisalPageQuery.graphql.ts';

export function RelayFrontend({ session }: { readonly session: Session }): ReactNode {
  const environment = useMemo(() => assayEnvironment(session, socketTo(session)), [session]);
  const [open, setOpen] = useState<string | null>(null);
  return (
    <RelayEnvironmentProvider environment={environment}>
      <Suspense fallback={<p>Loading</p>}>
        <AppraisalList onOpen={setOpen} />
      </Suspense>
      <Suspense fallback={<p>Loading</p>}>{open === null ? null : <AppraisalPage key={open} appraisal={open} />}</Suspense>
    </RelayEnvironmentProvider>
  );
}

function AppraisalPage({ appraisal }: { readonly appraisal: string }): ReactNode {
  const environment = useRelayEnvironment();
  const [changes, setChanges] = useState(0);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const fetchPolicy = changes === 0 ? 'store-or-network' : 'store-and-network';
  const data = useLazyLoadQuery<AppraisalPageQuery>(scoreQuery, { appraisal }, { fetchKey: changes, fetchPolicy });
  const { appraisal: shown, explainScore, scoreHistory } = data;
  const after = shown?.position;
  useEffect(
    // From the position that was read: what happens between reading and subscribing is heard too.
    () => follow(environment, { appraisal, after }, ({ kind }) => kind === 'CHANGE' && setChanges((count) => count + 1)),
    [environment, appraisal],
  );
  if (shown == null) return <p className="refused">There is no such appraisal for you.</p>;
  const send = (): void => {
    acknowledge(environment, shown).then(setOutcome, (reason: unknown) => setFailed(String(reason)));
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
      {explainScore == null ? null : <Derivation nodes={explainScore.nodes} agrees={explainScore.agrees} />}
      <History entries={scoreHistory?.nodes ?? []} />
    </article>
  );
}
