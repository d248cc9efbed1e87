import { Inject } from '@nestjs/common';
import { Args, Context, Field, Int, Mutation, ObjectType, Query, Resolver, Subscription } from '@nestjs/graphql';
import { CommandError } from '@assay/commands';
import { LogError } from '@assay/event-log';
import { Access, Public } from '../src/edge/access.guard.js';
import { Channel } from '../src/edge/channel.js';
import { ConnectionArgs } from '../src/edge/connection.input.js';
import { connectionOf, pageOf } from '../src/edge/connection.js';
import { connectionType } from '../src/edge/connection.view.js';
import { GraphqlContext } from '../src/edge/context.js';
import { notFound } from '../src/edge/error-codes.js';
import { Node } from '../src/edge/node.view.js';
import { DecimalScalar } from '../src/edge/scalars.js';

/** A schema of a few fields behind the real edge, for the edge's own tests. */
@ObjectType('Thing', { implements: [Node], description: 'A thing.' })
export class Thing extends Node {
  @Field(() => Int, { description: 'Its number.' })
  number: number;
  @Field(() => Thing, { nullable: true, description: 'The next.' })
  next?: Thing;
}
const ThingConnection = connectionType(Thing, 'Thing');

/** What makes the tiny subscription move: one listener per subscriber. */
export class Bell {
  private readonly hearing = new Set<Channel<{ readonly rings: number }>>();
  get listeners(): number {
    return this.hearing.size;
  }
  ring(value: number): void {
    for (const channel of this.hearing) channel.push({ rings: value });
  }
  rings(): Channel<{ readonly rings: number }> {
    const channel: Channel<{ readonly rings: number }> = new Channel({ queuedMax: 100, onReturn: () => this.hearing.delete(channel) });
    this.hearing.add(channel);
    return channel;
  }
}

/** A thing with its next. */
export const thing = (number: number): object => ({ id: `t${String(number)}`, number, next: { id: 'n', number: number + 1, next: null } });

/** Fields that answer, throw, page and ring. */
@Resolver()
export class TinyResolver {
  constructor(@Inject(Bell) private readonly bell: Bell) {}

  @Query(() => String, { description: 'Answers anybody.' })
  @Public()
  ping(): string {
    return 'pong';
  }

  @Query(() => Int, { description: 'Answers at the next ring.' })
  @Public()
  async nextRing(): Promise<number> {
    const rings = this.bell.rings();
    const next = await rings.next();
    await rings.return();
    return next.done === true ? 0 : next.value.rings;
  }

  @Query(() => String, { nullable: true, description: 'Throws what it is told to.' })
  @Public()
  fail(@Args('how', { type: () => String, description: 'What to throw.' }) how: string): string {
    if (how === 'type') throw new TypeError('secret "Zhang San" inside');
    if (how === 'notFound') throw notFound();
    if (how === 'commandNotFound') throw new CommandError('NOT_FOUND', 'Target 12 is not yours.', { stream: 'target-12' });
    if (how === 'conflict') throw new CommandError('CONCURRENT_CHANGE', 'It changed.', { expected: 1, actual: 2, cause: 'secret' });
    throw new LogError(how === 'unknown' ? 'OutcomeUnknown' : 'Unavailable', 'socket hang up at 10.0.0.7', {}, new Error('secret'));
  }

  @Query(() => DecimalScalar, { description: 'The same.' })
  @Public()
  same(@Args('value', { type: () => DecimalScalar, description: 'A decimal.' }) value: string): string {
    return value;
  }

  @Query(() => ThingConnection, { description: 'Things.' })
  @Access()
  things(@Args() args: ConnectionArgs, @Args('asOf', { type: () => String, nullable: true, description: 'A moment.' }) asOf: string | null): object {
    const { size } = pageOf(args);
    const rows = Array.from({ length: size }, (_, index) => thing(asOf === null ? index : -index));
    return connectionOf({ rows, hasNext: true, hasPrevious: false, totalCount: null }, () => 'c');
  }

  @Query(() => String, { description: 'Whether totalCount was selected.' })
  @Access('HR')
  onlyHr(): string {
    return 'hr';
  }

  @Mutation(() => String, { description: 'Says so.' })
  @Access()
  async whoAmI(@Context() context: GraphqlContext): Promise<string> {
    return (await context.principal())?.personId ?? 'nobody';
  }

  @Subscription(() => Int, { description: 'Rings.' })
  @Access()
  rings(): AsyncIterable<{ readonly rings: number }> {
    return this.bell.rings();
  }
}
