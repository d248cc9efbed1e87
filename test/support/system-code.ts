/** The code of an error of Node, or null. Jest runs a test in a realm of its own: there such an error is no instance of `Error`. */
export function systemCode(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
