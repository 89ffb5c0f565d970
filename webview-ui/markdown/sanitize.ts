// HTML text to elements through an allow-list: the only place where a string becomes markup.
import DOMPurify from 'dompurify';

const TAGS =
  'p h1 h2 h3 h4 h5 h6 ul ol li pre code blockquote em strong del a table thead tbody tr th td hr br span';

/** Elements of an HTML text; scripts, styles, images, forms and every attribute not listed are gone. */
export function sanitizeHtml(html: string): DocumentFragment {
  return DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS.split(' '),
    ALLOWED_ATTR: ['href', 'title', 'class', 'data-lang', 'start', 'align'],
    // Their values are no addresses; every other value must look like an allowed one.
    ADD_URI_SAFE_ATTR: ['data-lang', 'start', 'align'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
    RETURN_DOM_FRAGMENT: true,
  });
}
