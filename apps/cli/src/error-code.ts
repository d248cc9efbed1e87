/** An error of the API's vocabulary: what reads on behalf of a person throws it, here as at the edge. */
export const isOfTheApi = (error: unknown): error is Error & { readonly extensions: { readonly code: unknown } } =>
  error instanceof Error && 'extensions' in error && typeof error.extensions === 'object' && error.extensions !== null && 'code' in error.extensions;

/** The code of an error, whichever part threw it; empty where it has none. */
export function codeOf(error: unknown): string {
  if (isOfTheApi(error)) return String(error.extensions.code);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
