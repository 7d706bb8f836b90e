/** Where connections tell what happens to them. What they pass never holds card data. */
export type LinkLogger = {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
};
