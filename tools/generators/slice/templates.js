'use strict';

const words = (kebab) => kebab.replaceAll('-', ' ');

const sentence = (kebab) => words(kebab).replace(/^./, (letter) => letter.toUpperCase());

/** Events stand in a file of their own: `docs/events.md` is generated from the `*-events.ts` files. */
const events = ({ Stream, streamKey, Event }) => `
import type { Instant } from '@encaisse/kernel';

export type ${Event} = {
  readonly type: '${Event}';
  readonly data: { readonly ${streamKey}: string; readonly happenedAt: Instant };
};
export type ${Stream}Event = ${Event};
`;

const stream = ({ domain, stream: noun, Stream, streamConstant, Event }) => `
import type { Instant, StreamType } from '@encaisse/kernel';
import type { ${Stream}Event } from './${noun}-events';

export * from './${noun}-events';

/** One ${words(noun)}, as decisions need it. What screens need lives in read models. */
export type ${Stream} =
  { readonly status: 'unknown' } | { readonly status: 'known'; readonly since: Instant };

/** The life of one ${words(noun)}. */
export const ${streamConstant}: StreamType<${Stream}, ${Stream}Event> = {
  category: '${domain.replaceAll('-', '_')}.${noun.replaceAll('-', '_')}',
  initial: { status: 'unknown' },
  schemaVersions: { ${Event}: 1 },
  evolve(_state, { data }) {
    return { status: 'known', since: data.happenedAt };
  },
};
`;

const history = ({ streamKey, Event }) =>
  JSON.stringify({
    type: Event,
    schemaVersion: 1,
    data: {
      [streamKey]: '0192d000-0000-7000-8000-000000000001',
      happenedAt: '2026-11-22T09:00:00.000Z',
    },
  });

const decision = ({ name, stream: noun, Stream, streamKey, Command, decide, Event }) => `
import { accept, type Decision, type Instant, refuse } from '@encaisse/kernel';
import type { ${Event}, ${Stream} } from './${noun}';

/** ${sentence(name)}. */
export type ${Command} = {
  /** Chosen by the caller before the first attempt, so that a retry does nothing twice. */
  readonly ${streamKey}: string;
  readonly at: Instant;
};

/** Why it is refused. When several reasons apply, the first one listed is given. */
export type ${Command}Refusal = { readonly code: 'id-reused' };

export function ${decide}(
  { ${streamKey}, at }: ${Command},
  state: ${Stream},
): Decision<${Event}, ${Command}Refusal> {
  if (state.status !== 'unknown') return refuse({ code: 'id-reused' });
  return accept({ type: '${Event}', data: { ${streamKey}, happenedAt: at } });
}
`;

const spec = ({ name, stream: noun, streamConstant, streamKey, decide, Event }) => `
import { instant } from '@encaisse/kernel';
import { specification } from '@encaisse/testing';
import { ${decide} } from './${name}';
import { type ${Event}, ${streamConstant} } from './${noun}';

const AT = instant('2026-11-22T09:00:00.000Z');
const ID = '0192d000-0000-7000-8000-000000000001';
const happened: ${Event} = { type: '${Event}', data: { ${streamKey}: ID, happenedAt: AT } };

const { given } = specification(${streamConstant}, ${decide});

describe('${sentence(name)}', () => {
  it('records it once', () => {
    given().when({ ${streamKey}: ID, at: AT }).then(happened);
  });

  it('is refused under an id that was used', () => {
    given(happened).when({ ${streamKey}: ID, at: AT }).thenRefused({ code: 'id-reused' });
  });
});
`;

const handler = ({ domain, streamConstant, streamKey, Command, decide, Event }) => `
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  ${decide},
  type ${Command},
  type ${Command}Refusal,
  type ${Event},
  ${streamConstant},
} from '@encaisse/${domain}/domain';
import { type EventMetadata, type StreamDecision, Streams } from '@encaisse/platform/event-store';

type ${Command}Result = StreamDecision<${Event}, ${Command}Refusal>;

export class ${Command}Command extends Command<${Command}Result> {
  constructor(
    readonly request: ${Command},
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(${Command}Command)
export class ${Command}Handler implements ICommandHandler<${Command}Command> {
  constructor(private readonly streams: Streams) {}

  execute({ request, metadata }: ${Command}Command): Promise<${Command}Result> {
    const id = request.${streamKey};
    return this.streams.decide(${streamConstant}, id, (state) => ${decide}(request, state), metadata);
  }
}
`;

const controller = ({ context, name, domain, stream: noun, streamKey, Command }) => `
import { Body, Controller, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiHeader, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import type { ${Command}Refusal } from '@encaisse/${domain}/domain';
import { Clock } from '@encaisse/platform/clock';
import type { EventMetadata } from '@encaisse/platform/event-store';
import {
  type Caller,
  commandId,
  CurrentCaller,
  Logged,
  Needs,
  orProblem,
  problems,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { ${Command}Command } from './${name}.handler';

class ${Command}Body {
  @ApiProperty({ required: false, description: 'UUIDv7, or send an Idempotency-Key header' })
  @IsOptional()
  @IsString()
  id?: string;
}

/** One row per refusal: a refusal without its row does not compile. */
const PROBLEMS = problems<${Command}Refusal['code']>({
  'id-reused': { status: 409, title: 'This id was used for another request' },
});

@ApiTags('${words(context)}')
@Controller('api/v1/${noun}s')
export class ${Command}Controller {
  constructor(
    private readonly commands: CommandBus,
    private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(201)
  @Needs('administer-merchants')
  @Logged('SETTING_CHANGE')
  @ApiOperation({ summary: '${sentence(name)}' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  async handle(
    @Body() body: ${Command}Body,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @CurrentCaller() caller: Caller,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const ${streamKey} = commandId(body.id, idempotencyKey, caller, '${noun}s');
    const request = { ${streamKey}, at: this.clock.now() };
    const result = await this.commands.execute(new ${Command}Command(request, metadata));
    orProblem(result.decision, PROBLEMS);
    tellPosition(reply, result.position);
    return { ${streamKey} };
  }
}
`;

/** What a generator cannot know, in the order to do it. */
const nextSteps = ({ domain, stream: noun, Stream, Event, name }, isNewStream) => `
Next:
${isNewStream ? '' : `  - add ${Event} to the events and to schemaVersions of libs/${domain}/domain/src/${noun}, with an example in history/\n`}  - say in ${name}.ts what ${Stream} is for, and write its refusals and their rows in PROBLEMS
  - name the right of its callers and the kind of its entries in the action log (libs/platform/access), and
    give the route its line in apps/all-in-one/src/matrix/policy.ts
  - tell ${Event} in docs/spec/state-model.md §13, and the words in docs/glossary.md
  - npm run generate, then npm run check
`;

module.exports = { events, stream, history, decision, spec, handler, controller, nextSteps };
