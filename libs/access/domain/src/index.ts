export * from './action/action';
export * from './password/password-quality';
export * from './preferences/preferences';
export * from './terms/terms';
export * from './user/change-user';
export * from './user/create-user';
export * from './user/own-account';
export * from './user/user';
