import { graphql, type IEnvironment } from 'relay-runtime';
import { commitMutation, requestSubscription } from 'react-relay';
import { carryOut, RequestFailed } from '../core/command.ts';
import type { AppraisalPageAcknowledgeMutation } from './__generated__/AppraisalPageAcknowledgeMutation.graphql.ts';
import type { AppraisalPageChangedSubscription, AppraisalPageChangedSubscription$data } from './__generated__/AppraisalPageChangedSubscription.graphql.ts';

export const scoreQuery = graphql`
  query AppraisalPageQuery($appraisal: ID!) {
    appraisal(id: $appraisal) {
      id
      status
      revision
      total
      grade
      position
      subject {
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
`;

/** Confirms having received a result. What comes back is what became of it: accepted, or a rejection with its rule. */
export function acknowledge(environment: IEnvironment, appraisal: { readonly id: string; readonly revision: number }) {
  const mutation = graphql`
    mutation AppraisalPageAcknowledgeMutation($input: AcknowledgeResultInput!) {
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
  `;
  const send = (commandId: string) =>
    new Promise<AppraisalPageAcknowledgeMutation['response']['acknowledgeResult']>((resolve, reject) => {
      commitMutation<AppraisalPageAcknowledgeMutation>(environment, {
        mutation,
        variables: { input: { commandId, id: appraisal.id, expectedRevision: appraisal.revision } },
        onCompleted: ({ acknowledgeResult }) => (acknowledgeResult === undefined ? reject(new RequestFailed('no answer', true)) : resolve(acknowledgeResult)),
        onError: reject,
      });
    });
  return carryOut(send);
}

/** Hears of every change after a position. What a message shows is in Relay's store when `onMessage` is called. */
export function follow(environment: IEnvironment, variables: AppraisalPageChangedSubscription['variables'], onMessage: (message: AppraisalPageChangedSubscription$data['appraisalChanged']) => void): () => void {
  const { dispose } = requestSubscription<AppraisalPageChangedSubscription>(environment, {
    subscription: graphql`
      subscription AppraisalPageChangedSubscription($appraisal: ID!, $after: Position) {
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
    `,
    variables,
    onNext: (data) => (data == null ? undefined : onMessage(data.appraisalChanged)),
  });
  return dispose;
}
