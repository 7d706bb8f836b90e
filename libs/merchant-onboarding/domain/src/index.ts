export * from './contract/change-contract';
export * from './contract/contract';
export * from './contract/open-contract';
export * from './node/node';
export * from './node/open-node';
