// The agent's questions: options by click or digit, own words under Other.
import * as z from 'zod/mini';
import { type Question, questionSchema } from '../../src/protocol/entryParts.ts';
import { questionKindOf } from '../../src/protocol/openValues.ts';
import { partOf } from '../../src/protocol/toolView.ts';
import { Icon } from '../parts/Icon.tsx';
import { showDeceptive } from '../../src/base/visibleText.ts';
import { useUi } from '../ui.ts';
import type { RequestProps } from './PermissionRequest.tsx';
import {
  answerOf,
  answersOf,
  type Choice,
  choicesOf,
  firstText,
  jsonOf,
  NO_CHOICE,
  toggleOption,
  toggleOther,
} from './questionAnswers.ts';
import { KeyHint, type KeyState } from './KeyHint.tsx';
import { NO_KEYS, type RequestKeys, useRequestKeys } from './useRequestKeys.ts';
import { useKept } from './useKept.ts';
import { CutNote, useWhole, type Whole } from './useWhole.tsx';

function OneQuestion(props: {
  question: Question;
  name: string;
  choice: Choice;
  isBlocked: boolean;
  keys: KeyState | undefined;
  onChange: (choice: Choice) => void;
}) {
  const { t } = useUi();
  const { question, name, choice, isBlocked, keys, onChange } = props;
  const type = question.multiSelect === true ? 'checkbox' : 'radio';
  const kind = questionKindOf(question);
  return (
    <fieldset class="question" disabled={isBlocked}>
      <legend dir="auto">
        {question.header !== undefined && <span class="tag">{showDeceptive(question.header)}</span>}{' '}
        {showDeceptive(question.question)}
      </legend>
      {question.description !== undefined && (
        <p class="muted" dir="auto">
          {showDeceptive(question.description)}
        </p>
      )}
      {kind !== 'choice' && <TypedAnswer {...{ question, choice, onChange }} />}
      {question.options.map((option, at) => (
        <label key={at} class="option">
          <input
            type={type}
            name={name}
            checked={choice.options.has(at)}
            onChange={() => onChange(toggleOption(question, choice, at))}
          />
          <span class="option-text" dir="auto">
            <span>
              {showDeceptive(option.label)}{' '}
              {keys !== undefined && at < 9 && <KeyHint name={String(at + 1)} keys={keys} />}
            </span>
            {option.description !== undefined && (
              <span class="muted">{showDeceptive(option.description)}</span>
            )}
            {option.preview !== undefined && choice.options.has(at) && (
              <pre class="value" dir="ltr">
                {showDeceptive(option.preview)}
              </pre>
            )}
          </span>
        </label>
      ))}
      {kind === 'choice' && (
        <label class="option">
          <input
            type={type}
            name={name}
            checked={choice.other !== undefined}
            onChange={() => onChange(toggleOther(question, choice))}
          />
          <span class="option-text">{t('Other')}</span>
        </label>
      )}
      {kind === 'choice' && choice.other !== undefined && (
        <textarea
          rows={2}
          dir="auto"
          aria-label={t('Your own answer')}
          placeholder={t('Your own answer')}
          value={choice.other}
          onInput={(event) => onChange({ ...choice, other: event.currentTarget.value })}
        />
      )}
    </fieldset>
  );
}

/** A question that is answered by a text, or by a number between its bounds. */
function TypedAnswer(props: {
  readonly question: Question;
  readonly choice: Choice;
  readonly onChange: (choice: Choice) => void;
}) {
  const { t } = useUi();
  const { question, choice, onChange } = props;
  const { min, max, unit = '' } = question;
  const value = choice.other ?? firstText(question);
  const change = (other: string): void => onChange({ options: new Set(), other });
  if (questionKindOf(question) === 'text') {
    return (
      <textarea
        rows={2}
        dir="auto"
        aria-label={t('Your own answer')}
        placeholder={question.placeholder ?? t('Your own answer')}
        value={value}
        onInput={(event) => change(event.currentTarget.value)}
      />
    );
  }
  const isWrong =
    value.trim() !== '' && answerOf(question, { options: new Set(), other: value }) === undefined;
  const bounds = min === undefined || max === undefined ? '' : t('{0} to {1}', min, max);
  return (
    <div class="field">
      <input
        type="text"
        inputMode="decimal"
        aria-label={t('Your own answer')}
        aria-invalid={isWrong}
        value={value}
        onInput={(event) => change(event.currentTarget.value)}
      />
      <p class={`field-note ${isWrong ? 'bad' : 'muted'}`} dir="auto">
        {showDeceptive(`${bounds} ${unit}`.trim())}
      </p>
    </div>
  );
}

const questionsSchema = z.array(questionSchema);

/** Those of the whole input where that was loaded: in the entry they may be cut. */
function questionsOf({ request, isWhole }: Whole): readonly Question[] {
  const asked = questionsSchema.safeParse(partOf(request, 'questions'));
  const isLoaded = isWhole && request.inputCut !== undefined;
  return isLoaded && asked.success ? asked.data : (request.questions ?? []);
}

/** One to four questions; more than one are walked through. */
export function QuestionRequest({ request, index, block, ...place }: RequestProps) {
  const { store, t } = useUi();
  const whole = useWhole(request);
  const { isWhole } = whole;
  const questions = questionsOf(whole);
  const [choices, setChoices] = useKept<readonly (Choice | undefined)[]>(request, {
    read: choicesOf,
    write: jsonOf,
  });
  const answers = answersOf(questions, choices);
  const present = questions.findIndex(
    (question, at) => answerOf(question, choices[at]) === undefined,
  );
  const change = (at: number, choice: Choice): void =>
    setChoices(questions.map((_, other) => (other === at ? choice : choices[other])));
  const base = { requestId: request.requestId, inputHash: request.inputHash };
  const send = (): void => {
    if (answers === undefined || block !== undefined || !isWhole) return;
    store.answer({ ...base, behavior: 'allow', isWhole, ...answers });
  };
  // Digits go to the first question that is still open, or to the only one.
  const keyed = questions.length === 1 ? 0 : present;
  const keysOf = (question: Question | undefined): RequestKeys => ({
    ...Object.fromEntries(
      (question?.options ?? [])
        .slice(0, 9)
        .map((_, at) => [
          String(at + 1),
          () => question && change(keyed, toggleOption(question, choices[keyed] ?? NO_CHOICE, at)),
        ]),
    ),
    Enter: send,
  });
  const keys = useRequestKeys(place, block === undefined ? keysOf(questions[keyed]) : NO_KEYS);
  return (
    <>
      <h2 class="pending-title">
        <Icon name="question" />
        {questions.length === 1
          ? t('A question for you')
          : t('{0} questions for you', questions.length)}
      </h2>
      <div class="pending-body">
        {questions.map((question, at) => (
          <OneQuestion
            key={at}
            question={question}
            name={`${request.requestId}/${at}`}
            choice={choices[at] ?? NO_CHOICE}
            isBlocked={block !== undefined}
            keys={at === keyed ? keys : undefined}
            onChange={(choice) => change(at, choice)}
          />
        ))}
      </div>
      <CutNote
        whole={whole}
        index={index}
        isBlocked={block !== undefined || answers === undefined}
        onAllowUnseen={() =>
          answers && store.answer({ ...base, behavior: 'allow', unseen: true, ...answers })
        }
      />
      {block !== undefined && <p class="muted block-reason">{block}</p>}
      <div class="answers">
        <button
          type="button"
          class="button"
          disabled={block !== undefined || answers === undefined || !isWhole}
          onClick={send}
        >
          {t('Send answer')}
        </button>
        <button
          type="button"
          class="button-second"
          disabled={block !== undefined}
          onClick={() => store.answer({ ...base, behavior: 'deny' })}
        >
          {t('Don’t answer')}
        </button>
      </div>
    </>
  );
}
