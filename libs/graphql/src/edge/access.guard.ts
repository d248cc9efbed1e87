import { type CanActivate, type ExecutionContext, Injectable, SetMetadata, type Type } from '@nestjs/common';
import { ModulesContainer, Reflector } from '@nestjs/core';
import type { Role } from '@assay/domain';
import { GqlExecutionContext } from '@nestjs/graphql';
import { GraphqlContext } from './context.js';
import { forbidden, unauthenticated } from './error-codes.js';

const ACCESS = 'assay:access';
/** `PUBLIC`: anybody. Otherwise roles of which the caller holds one; none means every person and integration of the log. */
export type AccessRule = 'PUBLIC' | readonly Role[];

/**
 * Who may call a root field at all. It is the outer door only: which rows are shown and which command is allowed is
 * for the policies of `libs/domain`. `@Access()` admits everybody whom the log knows, `@Access('HR')` those roles.
 */
export const Access = (...roles: readonly Role[]): MethodDecorator & ClassDecorator => SetMetadata(ACCESS, roles);

/** Nobody has to say who they are: texts and labels, nothing of the log. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(ACCESS, 'PUBLIC');

/**
 * The global guard. A root field without a rule is refused to all, whoever asks: forgetting the decorator can only
 * close a door. `unguarded` finds such fields, at boot and in a test.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    // Health and metrics have their own rules, by address.
    if (execution.getType<string>() !== 'graphql') return true;
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS, [execution.getHandler(), execution.getClass()]);
    if (rule === 'PUBLIC') return true;
    if (rule === undefined) throw forbidden();
    const context = GqlExecutionContext.create(execution).getContext<GraphqlContext>();
    if (context.identity === null) throw unauthenticated();
    const principal = await context.principal();
    if (principal === null) throw forbidden();
    if (rule.length > 0 && !rule.some((role) => principal.roles.has(role))) throw forbidden();
    return true;
  }
}

// Metadata keys of @nestjs/graphql's decorators; a test fails if a version renames them.
const RESOLVER_TYPE = 'graphql:resolver_type';
const ROOT_TYPES: ReadonlySet<unknown> = new Set(['Query', 'Mutation', 'Subscription']);

/** Names (`Class.method`) of root fields among the classes that carry neither `@Access` nor `@Public`. */
export function unguarded(classes: Iterable<Type>): readonly string[] {
  const found: string[] = [];
  for (const one of classes) {
    for (const { name, method } of methodsOf(one)) {
      if (!ROOT_TYPES.has(Reflect.getMetadata(RESOLVER_TYPE, method))) continue;
      if (Reflect.getMetadata(ACCESS, method) === undefined && Reflect.getMetadata(ACCESS, one) === undefined) found.push(`${one.name}.${name}`);
    }
  }
  return found.sort((a, b) => (a < b ? -1 : 1));
}

/** Every provider's class of a Nest application, for `unguarded`. */
export function providerClasses(modules: ModulesContainer): ReadonlySet<Type> {
  const classes = new Set<Type>();
  for (const module of modules.values()) {
    for (const { metatype } of module.providers.values()) if (typeof metatype === 'function' && isClass(metatype)) classes.add(metatype);
  }
  return classes;
}

function methodsOf(one: Type): readonly { readonly name: string; readonly method: object }[] {
  const found = new Map<string, object>();
  for (let at: unknown = one.prototype; typeof at === 'object' && at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const method: unknown = Object.getOwnPropertyDescriptor(at, name)?.value;
      if (typeof method === 'function' && name !== 'constructor' && !found.has(name)) found.set(name, method);
    }
  }
  return [...found].map(([name, method]) => ({ name, method }));
}

const isClass = (candidate: object): candidate is Type => 'prototype' in candidate && typeof candidate.prototype === 'object' && candidate.prototype !== null;
