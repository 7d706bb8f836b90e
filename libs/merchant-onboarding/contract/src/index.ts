export * from './contract-events';
export * from './directory';
export * from './node-events';
export * from './shop-option';
export * from './shop-settings-events';
export * from './hmac-key-events';
