import { Module } from '@nestjs/common';
import { EventPages } from './event-pages';
import { EventsController } from './events.controller';

/** The log over HTTP, for auditors. */
@Module({ controllers: [EventsController], providers: [EventPages] })
export class EventsModule {}
