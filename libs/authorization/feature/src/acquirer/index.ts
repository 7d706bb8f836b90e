export * from './acquirer-gateway';
export * from './acquirer-gateway.provider';
export * from './iso8583-acquirer-gateway';
