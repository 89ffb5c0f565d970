// Where prompts are typed, sent, and come back to when they were refused.
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { commandIn, isNamed } from '../model/menuTrigger.ts';
import { ownPrompts, recall } from '../model/promptHistory.ts';
import { canStop, sendBlock, watchingReason } from '../model/words.ts';
import { Icon, Spinner } from '../parts/Icon.tsx';
import { useUi } from '../ui.ts';
import { AttachButton, Attachments, DropTarget, handlePaste } from './Attachments.tsx';
import { cycleMode, PickerMenu, Pickers } from './Pickers.tsx';
import { SelectionChip } from './Suggestions.tsx';
import { useTypedMenu } from './useTypedMenu.tsx';

const MAX_HEIGHT_PX = 240;
// A turn that was told to stop ends well within this time.
const STOP_HEARD_MS = 8000;

/** Whether a key event belongs to an input method that is composing (229 = older engines' way to say so). */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** The stop button: says that it was heard until the turn ends. */
function StopButton() {
  const { store, post, t } = useUi();
  const header = store.header.value;
  const standing = store.standing.value;
  const status = standing?.activity?.status;
  const isRunning = status === 'working' || status === 'waiting';
  const stopping = store.isStopping.value;
  useEffect(() => {
    if (!isRunning) store.isStopping.value = false;
  }, [isRunning]);
  useEffect(() => {
    if (!stopping) return undefined;
    // Not heard: it can be pressed again.
    const timer = setTimeout(() => (store.isStopping.value = false), STOP_HEARD_MS);
    return () => clearTimeout(timer);
  }, [stopping]);
  if (!canStop(header, standing)) return null;
  const stop = (): void => {
    store.isStopping.value = true;
    post({ type: 'interrupt' });
  };
  return (
    <button type="button" class="button-second button-stop" title={t('Stop (Esc)')} onClick={stop}>
      {stopping ? <Spinner /> : <Icon name="stop" />}
      {stopping ? t('Stopping …') : t('Stop')}
    </button>
  );
}

/** Grows with its text up to a limit, then scrolls. */
function useAutosize(text: string) {
  const ref = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight + 2, MAX_HEIGHT_PX)}px`;
  }, [text]);
  return ref;
}

/** Why a command is not sent at once: the session does not know it any more. */
function useGoneCommand(): (text: string) => string | undefined {
  const { store, t } = useUi();
  const [told, setTold] = useState<string | undefined>();
  return (text) => {
    const name = commandIn(text);
    const commands = store.composer.choices.items('commands');
    // To others than owners only those are told that they may run: the host says what it refuses.
    const isOwner = store.header.value?.me?.role === 'owner';
    if (name === undefined || commands === undefined || !isOwner || told === text) return undefined;
    if (commands.some((command) => isNamed(command, name))) return undefined;
    setTold(text);
    return t(
      'The session has no command “/{0}”. Your text is kept; press Enter again to send it all the same.',
      name,
    );
  };
}

/** Brings the caret to where a choice has put it. */
function useCaret(ref: RefObject<HTMLTextAreaElement | null>): () => void {
  const { caret } = useUi().store.composer;
  return () => {
    const at = ref.current?.selectionEnd;
    if (at !== undefined && ref.current?.selectionStart === at) caret.value = at;
  };
}

/** The composer. */
export function Composer() {
  const ui = useUi();
  const { store, post, t } = ui;
  const { composer, attachments } = store;
  const header = store.header.value;
  const standing = store.standing.value;
  const block = sendBlock(header, standing, t);
  const watching = watchingReason(header, standing, t);
  const text = composer.draft.value;
  const ref = useAutosize(text);
  const [wasRefused, setRefused] = useState(false);
  /** Escape lets the next Shift+Tab go: the keyboard can leave the field backwards. */
  const isLeaving = useRef(false);
  const focusRequests = composer.focusRequests.value;
  useLayoutEffect(() => {
    // At once: the next key is meant for it.
    if (focusRequests > 0) ref.current?.focus();
  }, [focusRequests]);
  // Text of somebody who lost the right to send can still be read and copied.
  const isReadOnly = watching !== undefined && text !== '';
  const goneCommand = useGoneCommand();
  const followCaret = useCaret(ref);
  const send = (): void => {
    // What is still being read would stay behind.
    if (attachments.reading.value.length > 0) return;
    setRefused(block !== undefined);
    if (block !== undefined) return;
    const gone = goneCommand(composer.draft.value);
    if (gone === undefined) composer.send();
    else composer.reason.value = gone;
  };
  const menu = useTypedMenu({
    ref,
    caret: composer.caret.value,
    isOff: watching !== undefined,
    send,
  });
  const handleKey = (event: KeyboardEvent): void => {
    if (isComposing(event)) return;
    if (menu.takeKey(event)) return event.preventDefault();
    const mayLeave = isLeaving.current;
    if (event.key !== 'Shift') isLeaving.current = event.key === 'Escape';
    if (event.key === 'Tab' && event.shiftKey) {
      // With a screen reader Shift+Tab is how one moves.
      const isMoving = mayLeave || document.body.classList.contains('vscode-using-screen-reader');
      if (!isMoving && !isReadOnly && cycleMode(store, post)) event.preventDefault();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      const prompts = ownPrompts(store.transcript.rows, header?.me?.member);
      const recalled = recall(prompts, text, event.key === 'ArrowUp' ? 'older' : 'newer');
      if (recalled === undefined || text.includes('\n')) return;
      event.preventDefault();
      composer.type(recalled);
    }
  };
  // Watching is said in the field, who has control in the bar above.
  const isControl = standing?.control.kind === 'other' && standing.isReachable;
  const isSaidElsewhere = watching !== undefined || isControl;
  const agent = header?.session?.agent ?? t('the agent');
  const reason = composer.reason.value ?? (wasRefused ? block : undefined);
  return (
    <div class="composer">
      {reason !== undefined && (
        <p class="line composer-reason" role="alert" dir="auto">
          <Icon name="warning" />
          <span class="line-text">{reason}</span>
        </p>
      )}
      <Attachments />
      {watching === undefined && <DropTarget />}
      {menu.view}
      <PickerMenu />
      <div class="composer-box">
        <textarea
          {...menu.field}
          ref={ref}
          id="composer"
          rows={1}
          dir="auto"
          aria-label={t('Prompt')}
          aria-describedby="composer-block"
          placeholder={
            watching !== undefined
              ? t('Read-only')
              : header?.session?.queueHold === undefined
                ? t('Prompt {0} …', agent)
                : t('Prompt {0} before what waits …', agent)
          }
          value={text}
          disabled={watching !== undefined && !isReadOnly}
          readOnly={isReadOnly}
          onInput={(event) => {
            setRefused(false);
            followCaret();
            composer.type(event.currentTarget.value);
          }}
          onSelect={followCaret}
          onKeyDown={handleKey}
          onPaste={(event) => handlePaste(ui, event)}
        />
        <div class="composer-bar">
          <Pickers />
          {watching === undefined && <SelectionChip />}
          <div class="composer-actions">
            <AttachButton isDisabled={watching !== undefined} />
            <StopButton />
            <button
              type="button"
              class="button button-send"
              disabled={block !== undefined || (text.trim() === '' && attachments.isEmpty)}
              onClick={send}
              aria-label={t('Send')}
              title={block ?? t('Send (Enter)')}
            >
              <Icon name="send" />
            </button>
          </div>
        </div>
      </div>
      <p id="composer-block" class={isSaidElsewhere ? 'sr-only' : 'muted block-reason'}>
        {block}
      </p>
    </div>
  );
}
