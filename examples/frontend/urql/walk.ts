import { failed, walk } from '../core/walk.ts';
import { assayClient } from './client.ts';
import { acknowledge, appraisalsQuery, changedSubscription, scoreQuery } from './operations.ts';

walk((session, socket) => {
  const client = assayClient(session, socket);
  return {
    page: async (first, after) => {
      const { data, error } = await client.query(appraisalsQuery, { first, after });
      if (data === undefined) throw error ?? new Error('no answer');
      const { nodes, pageInfo } = data.appraisals;
      return { ids: nodes.map(({ id }) => id), next: pageInfo.hasNextPage ? pageInfo.endCursor : null };
    },
    score: async (appraisal) => {
      const { data, error } = await client.query(scoreQuery, { appraisal }, { requestPolicy: 'network-only' });
      if (data?.appraisal == null) throw error ?? new Error('no such appraisal');
      const { revision, position } = data.appraisal;
      return { revision, position, agrees: data.explainScore?.agrees ?? null, nodes: data.explainScore?.nodes.length ?? 0, moved: data.scoreHistory?.nodes.length ?? 0 };
    },
    acknowledge: (appraisal) => acknowledge(client, appraisal),
    follow: (appraisal, after, onChange) => {
      const { unsubscribe } = client.subscription(changedSubscription, { appraisal, after }).subscribe(({ data, error }) => {
        if (error !== undefined) failed(error);
        if (data?.appraisalChanged.kind === 'CHANGE') onChange(data.appraisalChanged.position);
      });
      return unsubscribe;
    },
  };
}).catch(failed);
