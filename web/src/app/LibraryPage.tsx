// A page of its own in the bundle: most visits do not open it.
export { LibraryPage as default } from '../features/uploads/library/LibraryPage';
