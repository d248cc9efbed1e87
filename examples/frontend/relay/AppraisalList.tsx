import type { ReactNode } from 'react';
import { graphql, useLazyLoadQuery, usePaginationFragment } from 'react-relay';
import { AppraisalTable } from '../core/parts.tsx';
import type { AppraisalList_query$key } from './__generated__/AppraisalList_query.graphql.ts';
import type { AppraisalListPageQuery } from './__generated__/AppraisalListPageQuery.graphql.ts';
import type { AppraisalListQuery } from './__generated__/AppraisalListQuery.graphql.ts';

const PAGE = 10;

interface ListProps {
  readonly onOpen: (id: string) => void;
}
export function AppraisalList({ onOpen }: ListProps): ReactNode {
  const query = useLazyLoadQuery<AppraisalListQuery>(
    graphql`
      query AppraisalListQuery($first: Int!) {
        ...AppraisalList_query @arguments(first: $first)
      }
    `,
    { first: PAGE },
  );
  return <Rows query={query} onOpen={onOpen} />;
}

function Rows({ query, onOpen }: ListProps & { readonly query: AppraisalList_query$key }): ReactNode {
  const { data, hasNext, loadNext } = usePaginationFragment<AppraisalListPageQuery, AppraisalList_query$key>(
    graphql`
      fragment AppraisalList_query on Query
      @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" })
      @refetchable(queryName: "AppraisalListPageQuery") {
        appraisals(first: $first, after: $after, orderBy: PERIOD_DESC) @connection(key: "AppraisalList_appraisals") {
          edges {
            node {
              id
              cycleStream
              status
              total
              grade
              subject {
                name
              }
            }
          }
        }
      }
    `,
    query,
  );
  return <AppraisalTable rows={data.appraisals.edges.map(({ node }) => node)} onOpen={onOpen} onMore={hasNext ? () => loadNext(PAGE) : undefined} />;
}
