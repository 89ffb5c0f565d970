// The product's name and version: with package.json the only place that knows them.

/** Name of the product as people read it. */
export const PRODUCT_NAME: string = 'Twinhelm';
/** Prefix of commands, settings, context keys and the CLI. */
export const PRODUCT_ID: string = 'twinhelm';
/** Publisher of the extension; URIs to the extension are `<scheme>://<publisher>.<id>/…`. */
export const PUBLISHER = 'twinhelm';
/** Environment variable that overrides `~/.twinhelm`. */
export const HOME_VARIABLE = 'TWINHELM_HOME';
/** Folder below the user's home that holds journal, keys and `host.json`. */
export const HOME_FOLDER = '.twinhelm';
/** Version of this build; a test keeps it equal to package.json. */
export const PRODUCT_VERSION = '0.6.0';
