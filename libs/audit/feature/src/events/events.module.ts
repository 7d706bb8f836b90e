import { Module } from '@nestjs/common';
import { EventPages } from './event-pages';
import { AUDIT_STORE_NEEDS } from '../store-needs';
import { EventsController } from './events.controller';

/** The log over HTTP, for auditors. */
@Module({ controllers: [EventsController], providers: [EventPages] })
export class EventsModule {
  static readonly storeNeeds = Object.values(AUDIT_STORE_NEEDS);
}
