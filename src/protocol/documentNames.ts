// Names of rooms and documents. A room id is 26 base32 characters; labels are split by dots.

const ROOM = '[a-z2-7]{26}';
const ROOM_PATTERN = new RegExp(`^${ROOM}$`);
const DOC_PATTERN = new RegExp(
  `^${ROOM}(\\.k|\\.s\\.\\d{1,9}|\\.b\\.[a-z2-7]{26}\\.\\d{1,6}|\\.g\\.${ROOM}(\\.b\\.[a-z2-7]{26}\\.\\d{1,6})?)?$`,
);

const PART_PATTERN = /\.b\.[^.]+\.\d+$/;

/** Whether `text` is a room id. */
export function isRoomId(text: string): boolean {
  return ROOM_PATTERN.test(text);
}

/** Whether `text` is the name of a document of some room. */
export function isDocumentName(text: string): boolean {
  return DOC_PATTERN.test(text);
}

/** The room a document belongs to: its first label. */
export function roomOfDocument(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}

/** Name of the document where holders of a link knock. */
export function knockDocument(room: string): string {
  return `${room}.k`;
}

/** Name of a member's channel: its commands and the host's answers. */
export function channelDocument(room: string, member: string): string {
  return `${room}.g.${member}`;
}

/** Where a part of a blob lies: `<room>.b.<id>.<k>` of the host's, `<room>.g.<member>.b.<id>.<k>` of a member's. */
export function partDocument(room: string, part: PartName): string {
  return `${room}.${partPlace(part)}`;
}

/** The place that a part of a blob is sealed for. */
export function partPlace({ member, blob, k }: PartName): string {
  return `${member === undefined ? '' : `g.${member}.`}b.${blob}.${k}`;
}

/** Whether a document holds one part of a blob. */
export function isPartDocument(name: string): boolean {
  return PART_PATTERN.test(name);
}

/** The channel document of the member whose part a document holds; undefined for the host's, and for other documents. */
export function channelOfPart(name: string): string | undefined {
  return /^(.+\.g\.[^.]+)\.b\.[^.]+\.\d+$/.exec(name)?.[1];
}

/** Names a part of a blob. */
export interface PartName {
  /** Whose it is; absent: the host's. */
  readonly member?: string;
  /** 26 characters of base32. */
  readonly blob: string;
  /** From 0. */
  readonly k: number;
}

/**
 * Whether a pattern of a relay token covers a document: whole dot-separated labels, `*` stands for
 * one label, a final `**` for one or more, so that `<room>.g.ab` never covers `<room>.g.abc`.
 */
export function matchesDocument(pattern: string, name: string): boolean {
  const wanted = pattern.split('.');
  const labels = name.split('.');
  for (let i = 0; i < wanted.length; i += 1) {
    if (wanted[i] === '**') return i === wanted.length - 1 && labels.length > i;
    if (labels[i] === undefined || (wanted[i] !== '*' && wanted[i] !== labels[i])) return false;
  }
  return wanted.length === labels.length;
}
