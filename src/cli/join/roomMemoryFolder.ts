// What this command line has seen of sessions, kept below its home folder: a file per room.
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_REMEMBERED_ROOMS, type RoomMemoryStorage } from '../../client/rooms/roomMemories.ts';
import { makePrivateFolder, writePrivateFile } from '../../node/files.ts';
import { parseJson } from '../../protocol/json.ts';
import { isRoomId } from '../../protocol/documentNames.ts';
import { type RoomMemory, roomMemorySchema } from '../../session/roomMemory.ts';

/** Name of the folder below the home folder. */
const FOLDER = 'rooms';

/** Where a room is remembered. */
export function roomMemoryFile(home: string, room: string): string {
  return join(home, FOLDER, room);
}

/** Keeps memories in files, at once: a process that ends cannot wait. */
export function roomMemoryFolder(home: string): RoomMemoryStorage {
  const folder = join(home, FOLDER);
  const readRoom = (room: string): RoomMemory | undefined =>
    isRoomId(room) ? readFile(roomMemoryFile(home, room)) : undefined;
  return {
    read: readRoom,
    write(memories) {
      for (const [room, memory] of memories) {
        const known = readRoom(room);
        const text = JSON.stringify(memory);
        if (!isRoomId(room) || (known && text === JSON.stringify(known))) continue;
        try {
          makePrivateFolder(folder);
          forgetOldest(folder);
          writePrivateFile(roomMemoryFile(home, room), text);
        } catch {
          // The next picture is then compared with an older one.
        }
      }
    },
  };
}

function readFile(file: string): RoomMemory | undefined {
  try {
    return roomMemorySchema.safeParse(parseJson(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function forgetOldest(folder: string): void {
  const files = readdirSync(folder).map((name) => join(folder, name));
  if (files.length < MAX_REMEMBERED_ROOMS) return;
  const ages = files.map((file) => ({ file, at: modifiedAt(file) }));
  const oldest = ages.toSorted((a, b) => b.at - a.at).slice(MAX_REMEMBERED_ROOMS - 1);
  for (const { file } of oldest) rmSync(file, { force: true });
}

/** Ms since 1970; 0 for a file that has just gone. */
function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
