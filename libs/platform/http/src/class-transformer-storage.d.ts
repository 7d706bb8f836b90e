/** What the decorators of class-transformer told; the package has no other way to ask. */
declare module 'class-transformer/cjs/storage' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage';
}
