export { asyncApiDocument } from './async-api';
export { MessagesModule } from './messages.module';
export { ALL_PUBLICATIONS, ALL_SCHEMAS } from './publications';
export { withReleased } from './schema-compatibility';
