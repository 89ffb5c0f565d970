// Entry of the panel in VS Code's webview.
import * as z from 'zod/mini';
import { systemClock } from '../../src/base/clock.ts';
import { isRecord } from '../../src/base/isRecord.ts';
import { parseJson } from '../../src/protocol/json.ts';
import { mountPanel } from '../mount.tsx';
import '../styles/panel.css';
import { createVsCodePort } from './vscodePort.ts';

// The page's policy forbids making code from strings, which zod would try.
z.config({ jitless: true });

const element = document.getElementById('app');
if (element === null) throw new Error('invariant: the page has no #app');
const port = createVsCodePort();
// Which session this page shows, so that the editor can open it again after a reload.
const state = parseJson(element.dataset['state'] ?? '');
if (isRecord(state)) {
  const before = port.getState();
  // What is filled in stays, and what was read.
  port.setState({ ...(isRecord(before) ? before : {}), ...state });
}
mountPanel({ element, port, clock: systemClock });
