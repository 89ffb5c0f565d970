// Serves the gallery of the panel until Ctrl+C: every entry and state, for looking at.
import { serveGallery } from '../tools/gallery/galleryServer.ts';

const server = await serveGallery();
console.log(`${server.url}?theme=dark&state=owner&request=permission`);
console.log('theme: dark light hc hc-light none; state and request: see webview-ui/gallery');
process.once('SIGINT', () => void server.close());
