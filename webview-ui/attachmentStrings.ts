// Texts of what goes with a prompt, by their English words.

/** Joined into PANEL_STRINGS. */
export const ATTACHMENT_STRINGS = [
  '1 attached',
  '{0} attached',
  '{0} could not be read: it was not attached.',
  '{0} has {1}: {2} go with one prompt.',
  '{0} has too many pixels: it was not attached.',
  '{0} is empty: it was not attached.',
  '{0} is no picture that can be read: it was not attached.',
  'Attach pictures or files',
  'Attached',
  'Cancel',
  'It moves: only its first picture is sent.',
  'Let go to attach',
  'Made smaller: {0} × {1} ({2}) instead of {3} × {4} ({5})',
  'Made smaller: {0} instead of {1}',
  'Picture',
  'Remove {0}',
  'Save picture',
  'Sent so far',
  'The computer of this session runs an older version, which takes no pictures or files.',
] as const;
