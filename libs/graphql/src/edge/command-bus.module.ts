import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, CqrsModule, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandMessage, CommandOutcome } from '@assay/commands';
import { COMMAND_DISPATCH, type CommandDispatch } from './command-resolver.js';

/** A command on Nest's bus; each aggregate has a class of its own, by which the bus finds its handler. */
export class AggregateCommand extends Command<CommandOutcome> {
  constructor(readonly message: CommandMessage) {
    super();
  }
}
type AggregateCommandType = new (message: CommandMessage) => AggregateCommand;

/** What carries commands out: the executor of `libs/commands`. */
export interface CommandExecutor {
  execute(message: CommandMessage): Promise<CommandOutcome>;
}

/**
 * Nest's command bus with one handler for each aggregate (`architecture.md`, Folders). The bus dispatches and nothing
 * more: what is durable lies in the log, and nothing passes through the event bus.
 */
@Module({})
export class CommandBusModule {
  static forRoot(executor: CommandExecutor, aggregates: readonly string[]): DynamicModule {
    const types = new Map(aggregates.map((aggregate) => [aggregate, commandType(aggregate)] as const));
    const dispatch = (bus: CommandBus): CommandDispatch => ({
      dispatch: async (message) => {
        const CommandOf = types.get(message.aggregate);
        if (CommandOf === undefined) throw new Error(`no handler is registered for ${message.aggregate}`);
        return bus.execute(new CommandOf(message));
      },
    });
    return {
      module: CommandBusModule,
      imports: [CqrsModule.forRoot()],
      providers: [...[...types].map(([aggregate, type]) => handlerOf(aggregate, type, executor)), { provide: COMMAND_DISPATCH, useFactory: dispatch, inject: [CommandBus] }],
      exports: [COMMAND_DISPATCH],
    };
  }
}

function commandType(aggregate: string): AggregateCommandType {
  const name = `${capital(aggregate)}Command`;
  return named(name, { [name]: class extends AggregateCommand {} });
}

function handlerOf(aggregate: string, type: AggregateCommandType, executor: CommandExecutor): Type<ICommandHandler<AggregateCommand>> {
  const name = `${capital(aggregate)}CommandHandler`;
  const handler = named<Type<ICommandHandler<AggregateCommand>>>(name, {
    [name]: class {
      execute({ message }: AggregateCommand): Promise<CommandOutcome> {
        return executor.execute(message);
      }
    },
  });
  CommandHandler(type)(handler);
  return handler;
}

function named<T>(name: string, classes: Readonly<Record<string, T>>): T {
  const found = classes[name];
  if (found === undefined) throw new Error(`no class could be made for ${name}`);
  return found;
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
