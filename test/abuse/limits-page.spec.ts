import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  AS_OF_PER_OPERATION_MAX,
  BODY_BYTES_MAX,
  CHARGES,
  CONNECTION_INIT_MS,
  CONNECTIONS_MAX,
  CONNECTIONS_PER_ADDRESS_MAX,
  COST_MAX,
  DEAR_OPERATIONS,
  DOCUMENTS_HELD,
  HEADER_BYTES_MAX,
  KEPT_BACK_MS,
  LIMITS,
  NESTING_MAX,
  OPERATIONS_AT_ONCE,
  PAGE_SIZE_MAX,
  PATIENCE,
  PAUSES,
  PAYLOAD_BYTES_MAX,
  PIPELINED_MAX,
  SOCKET_MESSAGE_BYTES,
  SOCKET_MESSAGES,
  SOCKETS_PER_PRINCIPAL_MAX,
  SUBSCRIPTIONS_PER_PRINCIPAL_MAX,
  TOKEN_REMEMBERED_MS,
  TOKENS_MAX,
  UNREAD_BYTES_MAX,
} from '@assay/graphql';

const page = readFileSync('docs/guides/limits.md', 'utf8');

describe('the page of limits', () => {
  it.each<[string, string]>([
    ['connections at a time', String(CONNECTIONS_MAX)],
    ['connections of one address, WebSockets among them', String(CONNECTIONS_PER_ADDRESS_MAX)],
    ['operations of one person or integration at once', `${String(OPERATIONS_AT_ONCE.running)}, and ${String(OPERATIONS_AT_ONCE.waiting)} more wait for their turn`],
    [`of these, operations of more than ${String(DEAR_OPERATIONS.rows)} rows or with an \`asOf\``, `${String(DEAR_OPERATIONS.running)}, and ${String(DEAR_OPERATIONS.inAll)} of all together, in turn; ${String(OPERATIONS_AT_ONCE.waiting)} more wait apart from the others`],
    ['requests of one connection without waiting for answers', String(PIPELINED_MAX)],
    ['request line and headers', `${String(HEADER_BYTES_MAX)} bytes`],
    ['time for the headers', `${String(PATIENCE.headersMs / 1000)} s`],
    ['time for the whole request', `${String(PATIENCE.requestMs / 1000)} s`],
    ['a connection on which nothing moves', `${String(PATIENCE.idleMs / 1000)} s`],
    ['body', `${String(BODY_BYTES_MAX)} bytes`],
    ['tokens (names, numbers, texts, brackets)', String(TOKENS_MAX)],
    ['brackets open at once', String(NESTING_MAX)],
    ['levels of fields', String(LIMITS.depthMax)],
    ['fields and spreads, fragments counted where they are spread, over all operations', String(LIMITS.selectionsMax)],
    ['fields asked again where they are asked already', String(LIMITS.repeatsMax)],
    ['aliases in one operation', String(LIMITS.aliasesMax)],
    ['root fields in one operation', String(LIMITS.rootFieldsMax)],
    ['variables declared over all operations', String(LIMITS.variablesMax)],
    ['rows that an operation may touch', String(COST_MAX)],
    ['moments (`asOf`) in one operation', String(AS_OF_PER_OPERATION_MAX)],
    ['rows of a page', String(PAGE_SIZE_MAX)],
    ['documents kept, parsed and compiled', `${String(DOCUMENTS_HELD.documentsMax)}, together ${String(DOCUMENTS_HELD.tokensMax)} tokens`],
    ['time to say who it is', `${String(CONNECTION_INIT_MS / 1000)} s`],
    ['sockets of one person or integration', String(SOCKETS_PER_PRINCIPAL_MAX)],
    ['subscriptions of one person or integration, over all sockets', String(SUBSCRIPTIONS_PER_PRINCIPAL_MAX)],
    ['messages of one socket a second', `${String(SOCKET_MESSAGES.perSecond)}, and ${String(SOCKET_MESSAGES.burst)} at once`],
    ['size that counts as one message more', `${String(SOCKET_MESSAGE_BYTES)} bytes`],
    ['one message', `${String(PAYLOAD_BYTES_MAX)} bytes`],
    ['bytes sent that the client has not read', String(UNREAD_BYTES_MAX)],
  ])('says of %s: %s', (what, limit) => {
    expect(page).toContain(`\n| ${what} | ${limit} |`);
  });

  it('says what counts as one request more', () => {
    const text = page.replaceAll('\n', ' ');
    expect(text).toContain(`${String(CHARGES.bodyBytes)} bytes of body, ${String(CHARGES.newCharacters)} characters of a document that the server has not seen lately, ${String(CHARGES.rows)} rows`);
    expect(text).toContain(`does not hold counts as ${String(CHARGES.wrongToken)} requests more of its address`);
  });

  it('says how long is waited for what', () => {
    const text = page.replaceAll('\n', ' ');
    expect(text).toContain(`is kept back for ${String(KEPT_BACK_MS / 1000)} s`);
    expect(text).toContain(`What takes more than ${String(PAUSES.longMs)} ms to read and check is followed by a pause of its address ${['', 'as', 'twice as', 'three times as'][PAUSES.times] ?? ''} long`);
    expect(text).toContain(`A token that held is not checked again for ${String(TOKEN_REMEMBERED_MS / 1000)} s.`);
  });
});
