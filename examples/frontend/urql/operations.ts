import { CombinedError, type Client } from '@urql/core';
import { carryOut, failureOf, RequestFailed } from '../core/command.ts';
import { graphql } from './generated/index.ts';

export const appraisalsQuery = graphql(`
  query Appraisals($first: Int!, $after: String) {
    appraisals(first: $first, after: $after, orderBy: PERIOD_DESC) {
      nodes {
        id
        cycleStream
        status
        total
        grade
        subject {
          id
          name
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const scoreQuery = graphql(`
  query Score($appraisal: ID!) {
    appraisal(id: $appraisal) {
      id
      status
      revision
      total
      grade
      position
      subject {
        id
        name
      }
    }
    explainScore(appraisal: $appraisal) {
      agrees
      nodes(locale: EN) {
        key
        depth
        label
        value
        unit
        rule
      }
    }
    scoreHistory(appraisal: $appraisal, last: 20) {
      nodes {
        eventId
        recordedAt
        eventType
        reason
        before {
          total
        }
        after {
          total
        }
      }
    }
  }
`);

const acknowledgeMutation = graphql(`
  mutation Acknowledge($input: AcknowledgeResultInput!) {
    acknowledgeResult(input: $input) {
      __typename
      ... on AcknowledgeResultAccepted {
        position
        repeated
        appraisal {
          id
          status
          revision
        }
      }
      ... on Rejection {
        code
        message
        facts {
          name
          value
        }
      }
    }
  }
`);

export const changedSubscription = graphql(`
  subscription AppraisalChanged($appraisal: ID!, $after: Position) {
    appraisalChanged(filter: { id: $appraisal }, after: $after) {
      kind
      position
      event {
        id
        type
      }
      view {
        id
        status
        revision
        total
        grade
      }
    }
  }
`);

/** urql's error as one that says whether sending again may help. */
function failure(error: CombinedError): RequestFailed {
  return error.networkError === undefined ? failureOf(error.graphQLErrors) : new RequestFailed(error.networkError.message, true);
}

/** Confirms having received a result. What comes back is what became of it: accepted, or a rejection with its rule. */
export function acknowledge(client: Client, appraisal: { readonly id: string; readonly revision: number }) {
  return carryOut(async (commandId) => {
    const { data, error } = await client.mutation(acknowledgeMutation, { input: { commandId, id: appraisal.id, expectedRevision: appraisal.revision } });
    if (error !== undefined) throw failure(error);
    if (data === undefined) throw new RequestFailed('no answer', true);
    return data.acknowledgeResult;
  });
}
