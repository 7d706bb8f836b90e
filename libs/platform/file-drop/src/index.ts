export * from './file-drop';
export * from './folder-file-drop';
