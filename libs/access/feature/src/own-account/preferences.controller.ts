import { Body, Controller, Get, Put, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsObject,
  IsString,
  Length,
  Matches,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { Preferences } from '@encaisse/access/contract';
import { LANDING_PAGES, preferencesStream, savePreferences } from '@encaisse/access/domain';
import { isRefused, invariant } from '@encaisse/kernel';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, Streams } from '@encaisse/platform/event-store';
import {
  type CallingPerson,
  CurrentPerson,
  invalidRequest,
  Logged,
  Needs,
  RequestMetadata,
  tellPosition,
} from '@encaisse/platform/http';
import type { FastifyReply } from 'fastify';
import { NAME, NAME_RULE } from '../users/user-bodies';

const FILTER_NAME = /^[a-zA-Z]{1,40}$/;
/** Preferences are events, which hold no personal data. */
const PERSONAL_FILTERS: ReadonlySet<string> = new Set(['cardholderEmail']);

class SavedSearchBody {
  @ApiProperty({ example: 'Refusées du jour' })
  @IsString()
  @Length(1, 60)
  @Matches(NAME, { message: NAME_RULE })
  name!: string;

  @ApiProperty({ example: { status: 'REFUSED' }, type: 'object', additionalProperties: true })
  @IsObject()
  filters!: Record<string, string>;
}

class PreferencesBody {
  @ApiProperty({ enum: LANDING_PAGES })
  @IsIn(LANDING_PAGES)
  landingPage!: string;

  @ApiProperty({ nullable: true, type: [String], description: 'Null for those of the product' })
  @ValidateIf((body: PreferencesBody) => body.journalColumns !== null)
  @IsArray()
  @ArrayMaxSize(60)
  @Matches(FILTER_NAME, { each: true, message: 'journalColumns must be names of columns' })
  journalColumns!: string[] | null;

  @ApiProperty({ type: [SavedSearchBody] })
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => SavedSearchBody)
  savedSearches!: SavedSearchBody[];
}

/** What each user likes to see, kept with the account rather than with the computer. */
@ApiTags('own account')
@Controller('api/v1/me/preferences')
export class PreferencesController {
  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Needs('choose-page')
  @ApiOperation({ summary: 'First page, columns of the journal, saved searches (NAV-05, TRX-21)' })
  @ApiOkResponse({ type: PreferencesBody })
  async show(@CurrentPerson() { userId }: CallingPerson): Promise<Preferences> {
    return (await this.streams.load(preferencesStream, userId)).state;
  }

  @Put()
  @Needs('choose-page')
  @Logged('PREFERENCES')
  @ApiOperation({ summary: 'Choose them; the page applies from the next sign-in (NAV-05)' })
  @ApiOkResponse({ type: PreferencesBody })
  async save(
    @Body() body: PreferencesBody,
    @CurrentPerson() { userId }: CallingPerson,
    @RequestMetadata() metadata: EventMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Preferences> {
    const preferences = {
      landingPage: body.landingPage,
      journalColumns: body.journalColumns,
      savedSearches: body.savedSearches.map(({ name, filters }, place) => ({
        name,
        filters: checked(filters, place),
      })),
    };
    const at = this.clock.now();
    const { decision, position } = await this.streams.decide(
      preferencesStream,
      userId,
      (state) => savePreferences({ ...preferences, userId, at }, state),
      metadata,
    );
    invariant(!isRefused(decision), 'preferences are never refused');
    tellPosition(reply, position);
    return preferences;
  }
}

function checked(
  filters: Readonly<Record<string, unknown>>,
  place: number,
): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(filters)) {
    const pointer = `/savedSearches/${place}/filters/${name}`;
    if (!FILTER_NAME.test(name)) throw invalidRequest([{ pointer, detail: 'no such filter' }]);
    if (PERSONAL_FILTERS.has(name))
      throw invalidRequest([{ pointer, detail: 'a filter that names a person is not kept' }]);
    if (typeof value !== 'string' || value.length > 200)
      throw invalidRequest([{ pointer, detail: 'must be a text of at most 200 characters' }]);
    kept[name] = value;
  }
  return kept;
}
