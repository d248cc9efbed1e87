/** Where Assay answers, and as whom one asks. */
export interface Session {
  /** E.g. `http://localhost:3000`. */
  readonly url: string;
  /** Bearer token; `npm run -s assay -- token <subject>` makes one for a demo. */
  readonly token: string;
}

export const authorization = ({ token }: Session): { readonly authorization: string } => ({ authorization: `Bearer ${token}` });
