// Small line icons, drawn here so that the panel loads no font.

const PATHS = {
  check: 'M3 8.5l3.2 3.2L13 4.8',
  close: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2.2L14.3 13.3H1.7zM8 6.4v3.2M8 11.3v.4',
  info: 'M8 14A6 6 0 108 2a6 6 0 000 12zM8 7.3v3.8M8 4.9v.5',
  chevron: 'M6 3.5L10.5 8 6 12.5',
  eye: 'M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 9.8a1.8 1.8 0 100-3.6 1.8 1.8 0 000 3.6z',
  keyboard: 'M1.5 4h13v8h-13zM4 6.5h.5M6.5 6.5H7M9 6.5h.5M11.5 6.5h.5M4.5 9.5h7',
  lock: 'M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 015 0v2',
  stop: 'M4 4h8v8H4z',
  send: 'M2.5 8h10M8.5 4l4 4-4 4',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  terminal: 'M1.8 3h12.4v10H1.8zM4.2 6l2 2-2 2M8 10h3.5',
  file: 'M4 1.8h5.2L12.5 5v9.2H4zM9 2v3.2h3.3',
  attach:
    'M12.6 7.4L7.8 12.2a2.9 2.9 0 01-4.1-4.1l5.2-5.2a2 2 0 012.8 2.8L6.6 10.8a1 1 0 01-1.4-1.4l4.5-4.5',
  search: 'M7 11.5a4.5 4.5 0 100-9 4.5 4.5 0 000 9zM10.4 10.4l3.4 3.4',
  edit: 'M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3z',
  globe:
    'M8 14A6 6 0 108 2a6 6 0 000 12zM2 8h12M8 2c2 2 2.6 4 2.6 6S10 12 8 14M8 2C6 4 5.4 6 5.4 8S6 12 8 14',
  agent: 'M3 6h10v7H3zM8 6V3.2M6 9v.8M10 9v.8M1.5 8.5v2M14.5 8.5v2',
  plug: 'M5.5 2v3.5M10.5 2v3.5M4 5.5h8v2a4 4 0 01-8 0zM8 11.5V14',
  list: 'M6 4h8M6 8h8M6 12h8M2.2 4h.8M2.2 8h.8M2.2 12h.8',
  question: 'M8 14A6 6 0 108 2a6 6 0 000 12zM6.3 6.3A1.8 1.8 0 118 8.2v1.2M8 11.2v.3',
  broadcast:
    'M8 9.2a1.2 1.2 0 100-2.4 1.2 1.2 0 000 2.4zM5.4 10.6a3.7 3.7 0 010-5.2M10.6 5.4a3.7 3.7 0 010 5.2M3.4 12.6a6.5 6.5 0 010-9.2M12.6 3.4a6.5 6.5 0 010 9.2',
  person: 'M8 8a2.7 2.7 0 100-5.4A2.7 2.7 0 008 8zM2.8 13.8c.5-2.6 2.6-4 5.2-4s4.7 1.4 5.2 4',
  clock: 'M8 14A6 6 0 108 2a6 6 0 000 12zM8 4.5V8l2.4 1.6',
  down: 'M8 3v9.5M4 8.6l4 4 4-4',
  up: 'M8 13V3.5M4 7.4l4-4 4 4',
  spark: 'M8 2l1.4 4.6L14 8l-4.6 1.4L8 14l-1.4-4.6L2 8l4.6-1.4z',
  compress: 'M4 2l4 4 4-4M4 14l4-4 4 4',
  reset: 'M3 8a5 5 0 105-5H4.5M6.8.8L4.4 3l2.4 2.3',
  circle: 'M8 13A5 5 0 108 3a5 5 0 000 10z',
  half: 'M8 13A5 5 0 108 3a5 5 0 000 10zM8 3v10',
  open: 'M9 2.5h4.5V7M13.2 2.8L7.5 8.5M11.5 9v4.5h-9v-9H7',
  save: 'M4 1.8h5.2L12.5 5v9.2H4zM8 6v5M6 9l2 2 2-2',
  'prompt-up': 'M2.5 2.5h11M8 14V6M4.5 9.2L8 5.8l3.5 3.4',
  'prompt-down': 'M2.5 13.5h11M8 2v8M4.5 6.8L8 10.2l3.5-3.4',
  away: 'M2 2l12 12M5.4 10.6a3.7 3.7 0 010-5.2M12.6 3.4a6.5 6.5 0 011.2 7M3.4 12.6a6.5 6.5 0 010-9.2',
} as const;

/** Names of the icons. */
export type IconName = keyof typeof PATHS;

/** An icon beside words; it says nothing to a screen reader. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.25"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A turning ring; stands still when motion is to be reduced. */
export function Spinner() {
  return <span class="spinner" aria-hidden="true" />;
}
