import { Metadata, status, type ServerErrorResponse } from '@grpc/grpc-js';

/** Where a node says its leader is. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** A call that ends with a gRPC status and the trailers from which the client makes its error. */
export class CallFailure extends Error {
  constructor(readonly response: ServerErrorResponse) {
    super(response.message);
  }
}

const failure = (code: status, details: string, trailers: Readonly<Record<string, string>> = {}): CallFailure => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return new CallFailure({ code, details, metadata, name: 'CallFailure', message: details });
};

export const streamDeleted = (stream: string): CallFailure =>
  failure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, { exception: 'stream-deleted', 'stream-name': stream });

export const wrongExpectedVersion = (stream: string, expected: bigint, actual: bigint): CallFailure =>
  failure(status.FAILED_PRECONDITION, `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': String(expected),
    'actual-version': String(actual),
  });

export const accessDenied = (): CallFailure => failure(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const notAuthenticated = (): CallFailure => failure(status.UNAUTHENTICATED, 'Bad gRPC response. HTTP status code: 401');

export const notLeader = (leader: Endpoint): CallFailure =>
  failure(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': leader.host,
    'leader-endpoint-port': String(leader.port),
  });

export const maxAppendSizeExceeded = (bytes: number): CallFailure =>
  failure(status.INVALID_ARGUMENT, `Maximum Append Size of ${bytes} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(bytes),
  });

export const requiredMetadataMissing = (property: string): CallFailure =>
  failure(status.INVALID_ARGUMENT, `Required Metadata Property '${property}' is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

/** A read of `$all` meets it as an unknown result, a subscription by name. */
export const invalidReadPosition = (): CallFailure => failure(status.UNKNOWN, 'Unexpected ReadAllResult: InvalidPosition');
export const invalidSubscriptionPosition = (): CallFailure => failure(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');

export const unavailable = (): CallFailure => failure(status.UNAVAILABLE, 'Server Is Not Ready');
export const internal = (): CallFailure => failure(status.INTERNAL, 'Exception was thrown by handler.');
export const cancelled = (): CallFailure => failure(status.CANCELLED, 'Call canceled by the server.');
export const timedOut = (): CallFailure => failure(status.ABORTED, 'Operation timed out: the write was not acknowledged in time.');
export const unimplemented = (): CallFailure => failure(status.UNIMPLEMENTED, 'Service is unimplemented.');
