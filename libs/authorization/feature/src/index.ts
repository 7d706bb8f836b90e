export { AuthorizationModule } from './authorization.module';
export * from './acquirer/acquirer-gateway';
export { Iso8583AcquirerGateway } from './acquirer/iso8583-acquirer-gateway';
