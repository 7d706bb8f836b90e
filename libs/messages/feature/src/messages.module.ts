import { Module, type OnModuleInit } from '@nestjs/common';
import { MessageBus } from '@encaisse/platform/message-bus';
import { MessagesController } from './messages.controller';
import { ALL_PUBLICATIONS } from './publications';

/** Lets a process speak for all contexts: it may hold the relay, and describes every message. */
@Module({ controllers: [MessagesController] })
export class MessagesModule implements OnModuleInit {
  constructor(private readonly bus: MessageBus) {}

  onModuleInit(): void {
    for (const publication of ALL_PUBLICATIONS) this.bus.publish(publication);
  }
}
