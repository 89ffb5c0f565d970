// What this command line has seen of sessions, so that an older picture of one is noticed: a file per room.
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { newId } from '../../base/ids.ts';
import { parseJson } from '../../protocol/json.ts';
import { isRoomId } from '../../protocol/documentNames.ts';
import { highestMemory, type RoomMemory, roomMemorySchema } from '../../session/roomMemory.ts';
import type { RoomMemoryStore } from '../../sync/member/joinOptions.ts';

/** Name of the folder below the home folder. */
const FOLDER = 'rooms';
/** Rooms that are remembered; of more, those that were not joined for longest are forgotten. */
const MAX_ROOMS = 200;
const WRITE_MS = 5_000;

/** Writes what was seen now and then, and when `flush` says so. A file that cannot be read or written counts as none. */
export class FileRoomMemory implements RoomMemoryStore {
  private readonly folder: string;
  private readonly clock: Pick<Clock, 'monotonic'>;
  private readonly unsaved = new Map<string, RoomMemory>();
  private writtenAt: number;

  constructor(options: { readonly home: string; readonly clock: Pick<Clock, 'monotonic'> }) {
    this.folder = join(options.home, FOLDER);
    this.clock = options.clock;
    this.writtenAt = this.clock.monotonic();
  }

  /** Where a room is remembered. */
  fileOf(room: string): string {
    return join(this.folder, room);
  }

  load(room: string): RoomMemory | undefined {
    return isRoomId(room) ? read(this.fileOf(room)) : undefined;
  }

  save(room: string, memory: RoomMemory): void {
    if (!isRoomId(room)) return;
    this.unsaved.set(room, memory);
    // Who is killed has not forgotten more than this.
    if (this.clock.monotonic() - this.writtenAt >= WRITE_MS) this.flush();
  }

  /** Writes what is new. Another process may have seen more of the same room: that stays. */
  flush(): void {
    this.writtenAt = this.clock.monotonic();
    const rooms = [...this.unsaved];
    this.unsaved.clear();
    for (const [room, memory] of rooms) {
      const file = this.fileOf(room);
      const known = read(file);
      const next = JSON.stringify(highestMemory(memory, known));
      if (known && next === JSON.stringify(known)) continue;
      try {
        write(this.folder, file, next);
      } catch {
        // Joining works without it; the next picture is then compared with an older one.
      }
    }
  }
}

function read(file: string): RoomMemory | undefined {
  try {
    return roomMemorySchema.safeParse(parseJson(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function write(folder: string, file: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  forgetOldest(folder);
  const next = `${file}.${newId()}.tmp`;
  try {
    writeFileSync(next, text, { mode: 0o600, flag: 'wx' });
    renameSync(next, file);
  } finally {
    rmSync(next, { force: true });
  }
}

function forgetOldest(folder: string): void {
  const files = readdirSync(folder).map((name) => join(folder, name));
  if (files.length < MAX_ROOMS) return;
  const ages = files.map((file) => ({ file, at: modifiedAt(file) }));
  const oldest = ages.toSorted((a, b) => b.at - a.at).slice(MAX_ROOMS - 1);
  for (const { file } of oldest) rmSync(file, { force: true });
}

/** Ms since 1970; 0 for a file that has just gone. */
function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
