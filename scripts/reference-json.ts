import { z } from 'zod';

/** The JSON Schema of a file that people write by hand, as the code reads it: editors complete and check by it. */
export function jsonSchemaPage(title: string, schema: z.ZodType): string {
  const { $schema, ...described } = z.toJSONSchema(schema, { io: 'input' });
  return `${JSON.stringify({ $schema, $comment: 'Generated; do not edit, run npm run docs', title, ...described }, null, 2)}\n`;
}
