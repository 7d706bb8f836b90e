export * from './contract-remittances-events';
export * from './remittance-events';
