// A page of its own in the bundle: only administrators open it.
export { MediaAdminPage as default } from '../features/mediaAdmin/MediaAdminPage';
