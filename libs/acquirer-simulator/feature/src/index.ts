export * from './acquirer-simulator';
export * from './acquirer-simulator.module';
