// Serves the gallery of the panel.
import { fileURLToPath } from 'node:url';
import { type PageServer, servePage } from './pageServer.ts';

const ENTRY = fileURLToPath(new URL('../../webview-ui/gallery/galleryMain.tsx', import.meta.url));

/** Builds and serves it on a free port. */
export function serveGallery(): Promise<PageServer> {
  return servePage({ entry: ENTRY });
}
