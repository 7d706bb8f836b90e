export * from './contract/change-contract';
export * from './contract/contract';
export * from './contract/open-contract';
export * from './node/node';
export * from './node/open-node';
export * from './shop-settings/change-shop-settings';
export * from './shop-settings/shop-settings';
