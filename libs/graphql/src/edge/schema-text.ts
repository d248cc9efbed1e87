import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { lexicographicSortSchema, printSchema, type GraphQLSchema } from 'graphql';

/** The schema of resolver classes, without a server or a database. */
export async function schemaOf(resolvers: readonly Type[]): Promise<GraphQLSchema> {
  const context = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: false });
  try {
    return await context.get(GraphQLSchemaFactory).create([...resolvers], { noDuplicatedFields: true });
  } finally {
    await context.close();
  }
}

const HEADER = '# Generated from the code: do not edit, run `npm run docs`.\n\n';

/** The file `docs/reference/schema.graphql`: sorted, so that its differences are those of the API. */
export async function schemaText(resolvers: readonly Type[]): Promise<string> {
  return `${HEADER}${printSchema(lexicographicSortSchema(await schemaOf(resolvers)))}\n`;
}
