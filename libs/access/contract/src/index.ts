export * from './action-events';
export * from './api-key-events';
export * from './person-reference';
export * from './preference-events';
export * from './terms-events';
export * from './user-events';
