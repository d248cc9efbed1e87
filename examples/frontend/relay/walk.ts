import { fetchQuery } from 'react-relay';
import { getSingularSelector, type IEnvironment, type SingularReaderSelector } from 'relay-runtime';
import { failed, walk } from '../core/walk.ts';
import { acknowledge, follow, scoreQuery } from './AppraisalPage.ts';
import { assayEnvironment } from './environment.ts';
import listFragment, { type AppraisalList_query$data } from './__generated__/AppraisalList_query.graphql.ts';
import listQuery, { type AppraisalListPageQuery } from './__generated__/AppraisalListPageQuery.graphql.ts';
import type { AppraisalPageQuery } from './__generated__/AppraisalPageQuery.graphql.ts';

walk((session, socket) => {
  const environment = assayEnvironment(session, socket);
  return {
    page: async (first, after) => {
      const query = await fetchQuery<AppraisalListPageQuery>(environment, listQuery, { first, after }).toPromise();
      // Its rows are masked for everybody but the list's fragment, which reads all pages so far.
      const { edges, pageInfo } = rowsOf(environment, query);
      return { ids: edges.map(({ node }) => node.id), next: pageInfo?.hasNextPage === true ? (pageInfo.endCursor ?? null) : null };
    },
    score: async (appraisal) => {
      const data = await fetchQuery<AppraisalPageQuery>(environment, scoreQuery, { appraisal }).toPromise();
      if (data?.appraisal == null) throw new Error('no such appraisal');
      const { revision, position } = data.appraisal;
      return { revision, position, agrees: data.explainScore?.agrees ?? null, nodes: data.explainScore?.nodes.length ?? 0, moved: data.scoreHistory?.nodes.length ?? 0 };
    },
    acknowledge: (appraisal) => acknowledge(environment, appraisal),
    follow: (appraisal, after, onChange) => follow(environment, { appraisal, after }, ({ kind, position }) => kind === 'CHANGE' && onChange(position)),
  };
}).catch(failed);

type List = AppraisalList_query$data['appraisals'];
/** Relay keeps the page's end for itself, so its type leaves it out. */
type Rows = List & { readonly pageInfo?: { readonly hasNextPage?: boolean; readonly endCursor?: string | null } };

function rowsOf(environment: IEnvironment, query: unknown): Rows {
  const selector = getSingularSelector(listFragment, query) as SingularReaderSelector;
  return (environment.lookup(selector).data as { readonly appraisals: Rows }).appraisals;
}
